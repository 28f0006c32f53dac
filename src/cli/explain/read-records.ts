import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ContentRef } from '../../activity/observation';
import { contentKeyOfUri } from '../../content/keys';
import { LocalDirectoryStore } from '../../content/local-directory-store';
import { type RunRecords, readContent, readRun } from '../../content/reader';
import type { AgentRecord, FindingRecord } from '../../content/record';
import { formatCount, plural } from './format';

/** References whose content is looked for; each is a question to the store. */
const MAX_CONTENT_CHECKS = 2_000;

export interface RecordsRequest {
  readonly directory: string;
  readonly namespace: string;
  readonly workflowId: string;
  /** Runs that the story is about. */
  readonly runIds: readonly string[];
}

export interface ReadRecords {
  readonly records: readonly AgentRecord[];
  readonly findings: readonly FindingRecord[];
  /** What is missing, and why. */
  readonly notes: readonly string[];
}

/** Reads what workers have recorded of some runs. Never fails: what is missing or unreadable is said. */
export async function readRecords(request: RecordsRequest): Promise<ReadRecords> {
  const { directory } = request;
  const shown = path.resolve(directory);
  if (!existsSync(directory)) {
    return nothing(`No records: the directory ${shown} does not exist. Name the worker's with --content-dir.`);
  }
  try {
    const store = new LocalDirectoryStore({ directory });
    const found = await readRun(store, request.namespace, request.workflowId);
    const runIds = new Set(request.runIds);
    const records = found.records.filter(({ runId }) => runIds.has(runId));
    // A finding of a client is about a start, before there was a run.
    const findings = found.findings.filter(({ runId }) => !runId || runIds.has(runId));
    if (records.length === 0) {
      return {
        ...nothing(
          `No records of this agent in ${shown}: they are elsewhere (--content-dir), expired, or it ran without the plugin. Told from history alone.`,
        ),
        findings,
      };
    }
    return { records, findings, notes: [...recordNotes(found), ...(await contentNotes(store, records))] };
  } catch (error) {
    return nothing(`Records in ${shown} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function nothing(note: string): ReadRecords {
  return { records: [], findings: [], notes: [note] };
}

function recordNotes({ unreadable, truncated }: RunRecords): string[] {
  return [
    ...(unreadable > 0
      ? [`${plural(unreadable, 'record')} could not be read: damaged, or written by a later version.`]
      : []),
    ...(truncated ? ['There are more records than are read.'] : []),
  ];
}

/** Says which contents are gone, by reason: a reference can dangle. */
async function contentNotes(store: LocalDirectoryStore, records: readonly AgentRecord[]): Promise<string[]> {
  const refs = records.flatMap(({ input, output, startedAtMs }) => [
    { ref: input, startedAtMs },
    { ref: output, startedAtMs },
  ]);
  const missing = new Map<string, number>();
  for (const { ref, startedAtMs } of refs.slice(-MAX_CONTENT_CHECKS)) {
    const reason = await missingReason(store, ref, startedAtMs);
    if (reason !== undefined) missing.set(reason, (missing.get(reason) ?? 0) + 1);
  }
  const notes = [...missing].map(
    ([reason, count]) => `${plural(count, 'input or output', 'inputs and outputs')} cannot be shown. ${reason}`,
  );
  if (refs.length > MAX_CONTENT_CHECKS) {
    notes.push(
      `Whether content is there was looked up for the newest ${formatCount(MAX_CONTENT_CHECKS)} of ${formatCount(refs.length)} inputs and outputs.`,
    );
  }
  return notes;
}

async function missingReason(
  store: LocalDirectoryStore,
  ref: ContentRef,
  recordedAtMs: number,
): Promise<string | undefined> {
  if (ref.missing === 'none') return undefined;
  const target = ref.uri === undefined ? undefined : contentKeyOfUri(ref.uri);
  if (target !== undefined && (await store.has(target.key))) return undefined;
  const content = await readContent(store, ref, recordedAtMs);
  return 'text' in content ? undefined : content.reason;
}
