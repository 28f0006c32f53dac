'use strict';

/** @typedef {import('@temporalio/common').Payload} Payload */

const REVERSED = Buffer.from('binary/reversed');

/** @param {Uint8Array | null | undefined} data */
const reversed = (data) => Buffer.from(data ?? []).reverse();

// Stands for encryption: the payload is there, and only who has the codec can read it.
exports.dataConverter = {
  payloadCodecs: [
    {
      /** @param {Payload[]} payloads */
      async encode(payloads) {
        return payloads.map(({ metadata, data }) => ({
          metadata: { ...metadata, encoding: REVERSED, original: metadata?.encoding ?? REVERSED },
          data: reversed(data),
        }));
      },
      /** @param {Payload[]} payloads */
      async decode(payloads) {
        return payloads.map((payload) => {
          const { original, ...metadata } = payload.metadata ?? {};
          if (original === undefined) return payload;
          return { metadata: { ...metadata, encoding: original }, data: reversed(payload.data) };
        });
      },
    },
  ],
};
