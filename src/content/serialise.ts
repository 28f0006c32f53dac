/**
 * Activity inputs and results as JSON text.
 *
 * @module
 */

import type { ContentRef, JsonMeasure } from '../activity/observation';
import { measureJson } from './measure-json';

/** JSON text, or why there is none. */
export type Serialised = { readonly text: string } | { readonly missing: NonNullable<ContentRef['missing']> };

const NONE: Serialised = { missing: 'none' };
const TOO_LARGE: Serialised = { missing: 'too-large' };
const UNSERIALISABLE: Serialised = { missing: 'unserialisable' };

/**
 * JSON of a value that may be anything. Never throws, and never begins to write what would become too large: the size
 * is measured before.
 *
 * Binary values are replaced by `{ "binary": <type>, "bytes": <length> }`: as JSON they are many times their size, and
 * redaction cannot look into them.
 *
 * @param measure - the measure of this very value, when the caller has it already
 */
export function serialise(value: unknown, maxBytes: number, measure?: JsonMeasure): Serialised {
  if (value === undefined) return NONE;
  // What was measured to a limit may have been so to a lower one.
  const measured = measure === undefined || measure.atLeast ? measureJson(value, { maxBytes }) : measure;
  if (measured === undefined) return UNSERIALISABLE;
  if (measured.atLeast || measured.bytes - measured.binaryBytes > maxBytes) return TOO_LARGE;
  try {
    const text = JSON.stringify(measured.binaryBytes > 0 ? withoutBinary(value) : value) as string | undefined;
    return text === undefined ? UNSERIALISABLE : { text };
  } catch {
    return UNSERIALISABLE;
  }
}

function withoutBinary(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return { binary: value.constructor.name, bytes: value.byteLength };
  if (Array.isArray(value)) return value.map((item) => withoutBinary(item));
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return withoutBinary((value as { toJSON(): unknown }).toJSON());
  }
  // Not an object literal: a key `__proto__` must stay a key.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of Object.entries(value)) copy[key] = withoutBinary(item);
  return copy;
}
