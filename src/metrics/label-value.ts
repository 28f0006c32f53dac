import { createHash } from 'node:crypto';
import { METRIC_LABEL_MAX_CHARS } from '../definitions/limits';

/** Takes the place of a value that is not known; an empty label is no label to Prometheus. */
export const UNKNOWN_LABEL = 'unknown';

/** A value can be of any length, and hashing must not hold the event loop. */
const HASHED_CHARS = 4096;
const HASH_HEX = 16;

/** Control characters, and surrogates without a partner: the latter have no UTF-8 form. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/gu;

/**
 * Makes a label value that any Prometheus parses and that is at most 128 characters long.
 *
 * A longer value keeps a prefix and a hash of its length and first 4096 characters, so values that agree in both of
 * those, and only they, fall together. What is not a string, or is empty, is `unknown`.
 */
export function cleanLabelValue(value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    return UNKNOWN_LABEL;
  }
  if (value.length <= METRIC_LABEL_MAX_CHARS) {
    return value.replace(UNPRINTABLE, '\uFFFD');
  }
  const hash = createHash('sha256')
    .update(`${value.length}:${value.slice(0, HASHED_CHARS)}`)
    .digest('hex');
  const prefix = value.slice(0, METRIC_LABEL_MAX_CHARS - HASH_HEX - 1).replace(UNPRINTABLE, '\uFFFD');
  return `${prefix}~${hash.slice(0, HASH_HEX)}`;
}
