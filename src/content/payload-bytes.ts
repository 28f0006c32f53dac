/**
 * Payloads as bytes: the wire format of `temporal.api.common.v1.Payload`, which every SDK reads.
 *
 * @see https://github.com/temporalio/api/blob/master/temporal/api/common/v1/message.proto
 * @module
 */

import type { Payload } from '@temporalio/common';

const METADATA_TAG = 0x0a;
const DATA_TAG = 0x12;
const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;

/** Equal payloads give equal bytes, whatever the order of their metadata. */
export function encodePayload({ metadata, data }: Payload): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [key, value] of Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    parts.push(...field(METADATA_TAG, [...field(KEY_TAG, [Buffer.from(key)]), ...field(VALUE_TAG, [value])]));
  }
  if (data != null && data.length > 0) parts.push(...field(DATA_TAG, [data]));
  return Buffer.concat(parts);
}

/** @throws RangeError when these are not the bytes of a payload */
export function decodePayload(bytes: Uint8Array): Payload {
  const metadata: Record<string, Uint8Array> = {};
  let data: Uint8Array = new Uint8Array();
  for (const [tag, value] of fields(bytes)) {
    if (tag === DATA_TAG) data = value;
    else if (tag === METADATA_TAG) {
      const entry = new Map(fields(value));
      // A copy, for a view would keep the whole object in memory as long as its metadata.
      metadata[Buffer.from(entry.get(KEY_TAG) ?? []).toString()] = Uint8Array.from(entry.get(VALUE_TAG) ?? []);
    }
  }
  return { metadata, data };
}

function field(tag: number, content: readonly Uint8Array[]): Uint8Array[] {
  const header = [tag];
  let length = content.reduce((sum, part) => sum + part.length, 0);
  for (; length >= 0x80; length = Math.floor(length / 0x80)) header.push((length % 0x80) | 0x80);
  return [Uint8Array.of(...header, length), ...content];
}

/** Every field of a payload has a length before it; later versions may add some that are skipped here. */
function* fields(bytes: Uint8Array): Generator<[tag: number, value: Uint8Array]> {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new RangeError('the bytes of a payload end early');
    return value;
  };
  while (at < bytes.length) {
    const tag = byte();
    if ((tag & 0x87) !== 0x02) throw new RangeError('the bytes are not those of a payload');
    let length = 0;
    for (let scale = 1, more = true; more; scale *= 0x80) {
      const group = byte();
      length += (group & 0x7f) * scale;
      more = group >= 0x80;
    }
    if (length > bytes.length - at) throw new RangeError('the bytes of a payload end early');
    yield [tag, bytes.subarray(at, at + length)];
    at += length;
  }
}
