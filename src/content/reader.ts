/**
 * Reads records, findings and contents back.
 *
 * @module
 */

import type { ContentRef } from '../activity/observation';
import { sha256Of } from './journal-files';
import { readJournals, readSpooledContent } from './journal-reader';
import { contentKeyOfUri, findingKey, recordKey, runPrefix } from './keys';
import { type AgentRecord, type FindingRecord, RECORD_VERSION } from './record';
import type { ContentStore } from './store';

/** Records of one listing that are read; a run of more is cut off, which `truncated` says. */
const MAX_ENTRIES = 20_000;

/** All that is known of the runs of a workflow id. */
export interface RunRecords {
  /** By start of the attempt. */
  readonly records: readonly AgentRecord[];
  /** By time found. */
  readonly findings: readonly FindingRecord[];
  /** Entries that could not be understood: damaged, or written by a later version. */
  readonly unreadable: number;
  /** There is more than was read. */
  readonly truncated: boolean;
}

/**
 * Records and findings of a workflow id, or of one of its runs, also those that a worker has not stored yet (local
 * directory only). Nothing found is no error.
 *
 * @throws what the store throws when it cannot be reached
 */
export async function readRun(
  store: ContentStore,
  namespace: string,
  workflowId: string,
  runId?: string,
): Promise<RunRecords> {
  const entries = new Map<string, AgentRecord | FindingRecord>();
  let unreadable = 0;
  let truncated = false;
  const belongs = (entry: AgentRecord | FindingRecord): boolean =>
    entry.namespace === namespace && entry.workflowId === workflowId && (runId === undefined || entry.runId === runId);
  if (store.journalDirectory !== undefined) {
    for (const entry of await readJournals(store.journalDirectory)) {
      if (belongs(entry)) entries.set(entry.kind === 'finding' ? findingKey(entry) : recordKey(entry), entry);
    }
  }
  // Stored last, since it says more of where contents are.
  for await (const key of store.list(runPrefix(namespace, workflowId, runId))) {
    if (entries.size >= MAX_ENTRIES && !entries.has(key)) {
      truncated = true;
      break;
    }
    const bytes = await store.get(key);
    if (bytes === undefined) continue;
    const entry = parseEntry(bytes);
    if (entry === undefined) unreadable++;
    else if (belongs(entry)) entries.set(key, entry);
  }
  const all = [...entries.values()];
  const records = all.filter((entry): entry is AgentRecord => entry.kind !== 'finding');
  const findings = all.filter((entry): entry is FindingRecord => entry.kind === 'finding');
  records.sort((a, b) => a.startedAtMs - b.startedAtMs || a.attempt - b.attempt);
  findings.sort((a, b) => a.foundAtMs - b.foundAtMs);
  return { records, findings, unreadable, truncated };
}

/** What a stored entry holds; `undefined` when it is damaged or of a later version. */
export function parseEntry(bytes: Uint8Array): AgentRecord | FindingRecord | undefined {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as AgentRecord | FindingRecord | null;
    return value?.version === RECORD_VERSION ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Why a content cannot be shown, beyond what a {@link ContentRef} says itself. */
export type ContentMissing = NonNullable<ContentRef['missing']> | 'expired' | 'not-found' | 'corrupt';

export type ContentText =
  | { readonly text: string }
  | {
      readonly missing: ContentMissing;
      /** One sentence for people. */
      readonly reason: string;
    };

const REASONS: Readonly<Record<ContentMissing, string>> = {
  off: 'Recording of content is switched off.',
  'too-large': 'The content is larger than maxContentBytes.',
  unserialisable: 'The value could not be written as JSON.',
  'redactor-failed': 'The redactor failed, so nothing was stored.',
  dropped: 'The content was not stored: the worker ended before, or a limit was reached. It may still be on its way.',
  none: 'There was no value.',
  expired: 'The content is older than the store keeps it.',
  'not-found': 'The content is not in the store: deleted, given up for space, or not stored yet.',
  corrupt: 'The stored bytes are not those that were recorded: their hash differs.',
};

/**
 * The content that a record refers to, or why it is not there. The hash is checked.
 *
 * @param recordedAtMs - when it was recorded, to tell what has expired from what was deleted
 * @throws what the store throws when it cannot be reached
 */
export async function readContent(store: ContentStore, ref: ContentRef, recordedAtMs?: number): Promise<ContentText> {
  const target = ref.uri === undefined ? undefined : contentKeyOfUri(ref.uri);
  if (target === undefined) return missing(ref.missing ?? 'not-found');
  const stored = await store.get(target.key);
  const bytes =
    stored ??
    (store.journalDirectory === undefined ? undefined : await readSpooledContent(store.journalDirectory, target));
  if (bytes === undefined) {
    if (ref.missing !== undefined) return missing(ref.missing);
    const { retentionMs = 0 } = store;
    const isExpired = recordedAtMs !== undefined && retentionMs > 0 && Date.now() - recordedAtMs > retentionMs;
    return missing(isExpired ? 'expired' : 'not-found');
  }
  if (sha256Of(bytes) !== target.sha256) return missing('corrupt');
  return { text: Buffer.from(bytes).toString('utf8') };
}

function missing(why: ContentMissing): ContentText {
  return { missing: why, reason: REASONS[why] };
}
