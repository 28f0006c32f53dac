import type { LlmErrorInfo } from '../types';

/** Longest part of a message that is searched for a known phrase. */
const MAX_MESSAGE_CHARS = 2000;

/** An error's property, inherited ones too: SDKs set `name` on the prototype. A getter that throws yields nothing. */
export function prop(error: unknown, key: string): unknown {
  if ((typeof error !== 'object' || error === null) && typeof error !== 'function') return undefined;
  try {
    return (error as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

export function text(error: unknown, key: string): string | undefined {
  const value = prop(error, key);
  return typeof value === 'string' ? value.slice(0, MAX_MESSAGE_CHARS) : undefined;
}

export function number(error: unknown, key: string): number | undefined {
  const value = prop(error, key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Name of the class, which is all that tells `openai` errors apart: their `name` is plain `Error`. */
export function className(error: unknown): string {
  return text(prop(error, 'constructor'), 'name') ?? '';
}

/** Reads the errors of one client library. Pure and never throws. */
export interface LlmErrorReader {
  /** `undefined` when the error is not of this library. */
  read(error: unknown): LlmErrorInfo | undefined;
}
