/**
 * JSON payloads, as Temporal's default payload converter reads and writes them. Written out, since the converter goes
 * through an encoder in JavaScript, which the sandbox would pay for at every activity and every replay.
 *
 * @module
 */

import type { Payload } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding';

/** Node's own, which the SDK lends to the sandbox. */
const decoder = typeof TextDecoder === 'function' ? new TextDecoder() : undefined;
const encoder = typeof TextEncoder === 'function' ? new TextEncoder() : undefined;

const JSON_ENCODING = 'json/plain';

export function toJsonPayload(value: object): Payload {
  return { metadata: { encoding: bytes(JSON_ENCODING) }, data: bytes(JSON.stringify(value)) };
}

/**
 * The value of a JSON payload of at most `maxBytes`; `undefined` for any other.
 *
 * @throws SyntaxError when it is no JSON
 */
export function fromJsonPayload(payload: Payload | null | undefined, maxBytes: number): unknown {
  const data = payload?.data;
  if (data == null || data.length > maxBytes || !isJsonPayload(payload)) return undefined;
  return JSON.parse(text(data));
}

export function isJsonPayload(payload: Payload | null | undefined): boolean {
  const encoding = payload?.metadata?.encoding;
  return encoding != null && encoding.length === JSON_ENCODING.length && text(encoding) === JSON_ENCODING;
}

function text(data: Uint8Array): string {
  return decoder === undefined ? decode(data) : decoder.decode(data);
}

function bytes(value: string): Uint8Array {
  return encoder === undefined ? encode(value) : encoder.encode(value);
}
