import type { FoundResponse, LlmReader } from './reader';
import { READERS } from './readers';
import { View } from './view';

/** A response, and the reader that recognised it. */
export interface ReadableResponse extends FoundResponse {
  readonly reader: LlmReader;
}

/** Most properties of a value that are looked into for a wrapped response. */
const MAX_WRAPPER_KEYS = 20;

function findDirectly(value: unknown): ReadableResponse | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const view = new View(value);
  for (const reader of READERS) {
    const found = reader.recognise(view);
    if (found === undefined) continue;
    // Field by field: this runs for every result, and a spread costs more than all that was read.
    const { response, model, usage, turns } = found;
    return { response, model, usage, turns, reader };
  }
  return undefined;
}

/**
 * Finds a response in a value, or one level down: activities often return it beside something of their own.
 *
 * The time it takes does not depend on the value's size, but for one step: JavaScript lists all keys of an object before
 * it gives the first one. That is less than what JSON takes for the same object, which Temporal needs anyway.
 */
export function findResponse(value: unknown): ReadableResponse | undefined {
  const response = findDirectly(value);
  if (response !== undefined || typeof value !== 'object') return response;
  // The elements of an array or a buffer are no properties that a user wrapped something in, and there can be many.
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  let seen = 0;
  for (const key in value) {
    if (++seen > MAX_WRAPPER_KEYS) return undefined;
    const wrapped = findDirectly(Object.getOwnPropertyDescriptor(value, key)?.value);
    if (wrapped !== undefined) return wrapped;
  }
  return undefined;
}
