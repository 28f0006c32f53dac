/**
 * What readers of lists by day or hour share.
 *
 * @module
 */

import type { ContentStore } from './store';

/** Objects that are read at once. */
const CONCURRENCY = 16;

/** Starts of the periods between two times, the latest first, so that what is cut off is the oldest. */
export function* periodsBack(sinceMs: number, untilMs: number, periodMs: number): Generator<number> {
  const first = Math.floor(sinceMs / periodMs);
  for (let period = Math.floor((untilMs - 1) / periodMs); period >= first; period--) yield period * periodMs;
}

/** What is stored under the keys, in their order; what was removed meanwhile is left out. */
export async function* readObjects(store: ContentStore, keys: readonly string[]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < keys.length; at += CONCURRENCY) {
    const stored = await Promise.all(keys.slice(at, at + CONCURRENCY).map((key) => store.get(key)));
    for (const bytes of stored) if (bytes !== undefined) yield bytes;
  }
}
