// Health check: an address answers, and says what it is asked for.
const [, , url = '', expected = ''] = process.argv;

const response = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined);
const text = response?.ok ? await response.text() : undefined;
process.exitCode = text?.includes(expected) ? 0 : 1;
