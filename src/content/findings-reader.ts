/**
 * Reads findings back by time and id, whatever run they are about.
 *
 * @module
 */

import type { FindingId } from '../definitions/findings';
import { readJournals } from './journal-reader';
import { dayOf, findingIndexKey, findingsPrefix } from './keys';
import { parseEntry } from './reader';
import type { FindingRecord } from './record';
import type { ContentStore } from './store';
import { periodsBack, readObjects } from './time-index';

const DAY_MS = 24 * 60 * 60_000;

/** Days that one query goes back; the default store keeps 30. */
const MAX_DAYS = 366;

/** Findings that one query reads, which `truncated` says. */
const MAX_ENTRIES = 20_000;

export interface FindingsQuery {
  readonly namespace: string;
  /** One finding; all when left out. */
  readonly id?: FindingId;
  /** Found at this time or later, in milliseconds since the epoch. Default, and at most: 366 days before `untilMs`. */
  readonly sinceMs?: number;
  /** Found before this time, in milliseconds since the epoch. Default: now. */
  readonly untilMs?: number;
}

export interface FindingList {
  /** The newest first. */
  readonly findings: readonly FindingRecord[];
  /** Entries that could not be understood: damaged, or written by a later version. */
  readonly unreadable: number;
  /** There are more, older ones. */
  readonly truncated: boolean;
}

/**
 * Findings of a namespace, also those that a worker has not stored yet (local directory only). There is one for each run
 * and cause on a day (UTC), however many workers reported it; those about a whole worker have no run.
 *
 * @throws what the store throws when it cannot be reached
 */
export async function readFindings(store: ContentStore, query: FindingsQuery): Promise<FindingList> {
  const { namespace, id, untilMs = Date.now() + 1 } = query;
  const sinceMs = Math.max(query.sinceMs ?? 0, untilMs - MAX_DAYS * DAY_MS);
  const entries = new Map<string, FindingRecord>();
  let unreadable = 0;
  let truncated = false;
  const take = (entry: ReturnType<typeof parseEntry>): void => {
    if (entry?.kind !== 'finding' || entry.namespace !== namespace || (id !== undefined && entry.id !== id)) return;
    if (entry.foundAtMs >= sinceMs && entry.foundAtMs < untilMs) entries.set(findingIndexKey(entry), entry);
  };
  if (store.journalDirectory !== undefined) for (const entry of await readJournals(store.journalDirectory)) take(entry);
  for (const dayMs of periodsBack(sinceMs, untilMs, DAY_MS)) {
    const keys: string[] = [];
    for await (const key of store.list(findingsPrefix(namespace, dayOf(dayMs), id))) {
      if (entries.has(key)) continue;
      truncated = entries.size + keys.length >= MAX_ENTRIES;
      if (truncated) break;
      keys.push(key);
    }
    for await (const bytes of readObjects(store, keys)) {
      const entry = parseEntry(bytes);
      if (entry === undefined) unreadable++;
      else take(entry);
    }
    if (truncated) break;
  }
  return { findings: [...entries.values()].sort((a, b) => b.foundAtMs - a.foundAtMs), unreadable, truncated };
}
