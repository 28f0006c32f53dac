import type { Payload } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding';
import { SANDBOX_DECODE_MAX_BYTES } from '../definitions/limits';

/** Node's decoder, which the SDK lends to the sandbox, is many times faster than the SDK's own, written in JavaScript. */
const native = typeof TextDecoder === 'function' ? new TextDecoder() : undefined;

/**
 * The value of a JSON payload of bounded size; `undefined` for any other. Bounded because it runs again at every replay.
 */
export function decodeJsonPayload(payload: Payload | null | undefined): unknown {
  const encoding = payload?.metadata?.encoding;
  const data = payload?.data;
  if (encoding == null || data == null || data.length > SANDBOX_DECODE_MAX_BYTES) return undefined;
  if (text(encoding) !== 'json/plain') return undefined;
  return JSON.parse(text(data));
}

function text(data: Uint8Array): string {
  return native === undefined ? decode(data) : native.decode(data);
}
