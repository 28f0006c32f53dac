'use strict';

// Stands for encryption: the payload is there, and only who has the codec can read it.
exports.dataConverter = {
  payloadCodecs: [
    {
      async encode(payloads) {
        return payloads.map(({ metadata, data }) => ({
          metadata: { encoding: Buffer.from('binary/reversed') },
          data: Buffer.from(
            JSON.stringify({ metadata: Buffer.from(metadata.encoding).toString(), data: Buffer.from(data).toString() }),
          ).reverse(),
        }));
      },
      async decode(payloads) {
        return payloads.map((payload) => {
          if (Buffer.from(payload.metadata?.encoding ?? []).toString() !== 'binary/reversed') return payload;
          const { metadata, data } = JSON.parse(Buffer.from(payload.data).reverse().toString());
          return { metadata: { encoding: Buffer.from(metadata) }, data: Buffer.from(data) };
        });
      },
    },
  ],
};
