/**
 * Reads model calls back by time, whatever run they belong to.
 *
 * @module
 */

import { type IndexedCall, indexedCall, parseIndexedCall } from './call-index';
import { journalLines } from './journal-files';
import { readJournals } from './journal-reader';
import { callsPrefix } from './keys';
import type { ContentStore } from './store';
import { periodsBack, readObjects } from './time-index';

const HOUR_MS = 60 * 60_000;

/** How long before its end a query begins at the earliest, in milliseconds: the default store keeps 30 days. */
export const MAX_CALLS_AGE_MS = 31 * 24 * HOUR_MS;

/** Lists that one query reads, which `truncated` says: a busy worker writes one a second. */
const MAX_LISTS = 50_000;

/** Calls that one query returns, which `truncated` says. */
const MAX_CALLS = 100_000;

export interface CallsQuery {
  readonly namespace: string;
  /** Ended at this time or later, in milliseconds since the epoch. Default, and at most: 31 days before `untilMs`. */
  readonly sinceMs?: number;
  /** Ended before this time, in milliseconds since the epoch. Default: in an hour, for clocks of workers may be ahead. */
  readonly untilMs?: number;
  /** Which calls are asked for; all when left out. */
  readonly matches?: (call: IndexedCall) => boolean;
}

export interface CallList {
  /** The latest end first. */
  readonly calls: readonly IndexedCall[];
  /** Lines that could not be understood: damaged, or written by a later version. */
  readonly unreadable: number;
  /** There are more, older ones. */
  readonly truncated: boolean;
}

/**
 * Model calls of a namespace, one for each attempt of an activity, also those that a worker has not stored yet (local
 * directory only).
 *
 * @throws what the store throws when it cannot be reached
 */
export async function readCalls(store: ContentStore, query: CallsQuery): Promise<CallList> {
  const { namespace, untilMs = Date.now() + HOUR_MS, matches = () => true } = query;
  const sinceMs = Math.max(query.sinceMs ?? 0, untilMs - MAX_CALLS_AGE_MS);
  const calls = new Map<string, IndexedCall>();
  let unreadable = 0;
  const take = (call: IndexedCall): void => {
    if (call.endedAtMs < sinceMs || call.endedAtMs >= untilMs || !matches(call)) return;
    calls.set(JSON.stringify([call.workflowId, call.runId, call.activityId, call.attempt]), call);
  };
  if (store.journalDirectory !== undefined) {
    for (const entry of await readJournals(store.journalDirectory)) {
      if (entry.kind === 'llm' && entry.namespace === namespace) take(indexedCall(entry));
    }
  }
  let lists = 0;
  let truncated = false;
  for (const hourMs of periodsBack(sinceMs, untilMs, HOUR_MS)) {
    const keys: string[] = [];
    for await (const key of store.list(callsPrefix(namespace, hourMs))) keys.push(key);
    // Their names sort by age.
    keys.sort().reverse();
    for await (const bytes of readObjects(store, keys)) {
      for (const line of journalLines(Buffer.from(bytes).toString('utf8'))) {
        const call = parseIndexedCall(line);
        if (call === undefined) unreadable++;
        else take(call);
      }
      lists++;
      truncated = lists >= MAX_LISTS || calls.size >= MAX_CALLS;
      if (truncated) break;
    }
    if (truncated) break;
  }
  return { calls: [...calls.values()].sort((a, b) => b.endedAtMs - a.endedAtMs), unreadable, truncated };
}
