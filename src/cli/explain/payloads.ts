import type { Payload } from '@temporalio/common';

/** What a payload of Temporal's history holds, as far as a reader without the application's codec can tell. */
export type DecodedPayload =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'unreadable'; readonly encoding: string };

/** Histories are read whole for one story, so one huge payload must not be parsed into memory several times over. */
const MAX_DECODED_BYTES = 8 * 1024 * 1024;

/**
 * Decodes a payload without any codec: what is encrypted or compressed stays unread. Never throws, for the history may
 * have been written by any converter.
 */
export function decodePayload(payload: Payload | null | undefined): DecodedPayload {
  const encoding = Buffer.from(payload?.metadata?.encoding ?? []).toString('utf8');
  const data = payload?.data;
  if (payload?.externalPayloads?.length) return { kind: 'unreadable', encoding: 'in external storage' };
  if (encoding === 'binary/null') return { kind: 'value', value: undefined };
  if (encoding === 'json/plain' && data != null && data.length <= MAX_DECODED_BYTES) {
    try {
      return { kind: 'value', value: JSON.parse(Buffer.from(data).toString('utf8')) };
    } catch {
      return { kind: 'unreadable', encoding: 'json/plain (malformed)' };
    }
  }
  return { kind: 'unreadable', encoding: encoding === '' ? 'unknown' : encoding };
}

/** The first payload of a list, which is an activity's or workflow's result. */
export function decodeFirst(payloads: readonly Payload[] | null | undefined): DecodedPayload | undefined {
  return payloads == null || payloads.length === 0 ? undefined : decodePayload(payloads[0]);
}
