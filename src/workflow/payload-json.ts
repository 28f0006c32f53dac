import type { Payload } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding';
import { SANDBOX_DECODE_MAX_BYTES } from '../definitions/limits';

/**
 * The value of a JSON payload of bounded size; `undefined` for any other. Bounded because it runs again at every replay.
 */
export function decodeJsonPayload(payload: Payload | null | undefined): unknown {
  const encoding = payload?.metadata?.encoding;
  const data = payload?.data;
  if (encoding == null || data == null || data.length > SANDBOX_DECODE_MAX_BYTES) return undefined;
  if (decode(encoding) !== 'json/plain') return undefined;
  return JSON.parse(decode(data));
}
