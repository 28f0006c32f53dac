/** As SDKs do when they are loaded; the sandbox refuses it. */
export const pool = new FinalizationRegistry(() => {});
