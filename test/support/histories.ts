/**
 * Histories: fetched from a server, stripped of what we added, replayed.
 *
 * @module
 */

import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { temporal } from '@temporalio/proto';
import { type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { PATCH_IDS } from '#lib/definitions/wire';

type History = temporal.api.history.v1.IHistory;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

interface JsonEvent {
  readonly eventId: string;
}

export interface NamedHistory {
  readonly workflowId: string;
  readonly history: History;
}

const OUR_KEYS = new Set<string>(SEARCH_ATTRIBUTES.map(({ name }) => name));

/** Histories of every run of a workflow and of its children, oldest first. */
export async function fetchHistories(client: Client, workflowId: string, expectedRuns = 1): Promise<NamedHistory[]> {
  const query = `WorkflowId = '${workflowId}' OR ParentWorkflowId = '${workflowId}'`;
  for (let attempt = 0; attempt < 100; attempt++) {
    const runs: { workflowId: string; runId: string; startTime: Date }[] = [];
    let open = false;
    for await (const { workflowId: id, runId, startTime, status } of client.workflow.list({ query })) {
      runs.push({ workflowId: id, runId, startTime });
      open ||= status.name === 'RUNNING';
    }
    if (runs.length < expectedRuns || open) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      continue;
    }
    runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
    return Promise.all(
      runs.map(async (run) => ({
        workflowId: run.workflowId,
        history: await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory(),
      })),
    );
  }
  throw new Error(`Visibility never showed ${expectedRuns} closed runs of ${workflowId}`);
}

export function isOurs(event: HistoryEvent): boolean {
  return isOurMarker(event) || isOurUpsert(event);
}

/** The history as it would be without us: our marker, its TemporalChangeVersion and our upserts gone, events renumbered. */
export function withoutOurs(history: History): History {
  const { events } = JSON.parse(historyToJSON(history)) as { events: JsonEvent[] };
  const kept = events.filter((_, i) => !isOurs(history.events?.[i] ?? {}));
  const ids = new Map(kept.map(({ eventId }, i) => [eventId, String(i + 1)]));
  return historyFromJSON({ events: renumber(kept, ids) });
}

export function countOurs(history: History): { markers: number; upserts: number } {
  const events = history.events ?? [];
  return {
    markers: events.filter(isOurMarker).length,
    upserts: events.filter((event) => isOurUpsert(event) && !changesVersion(event)).length,
  };
}

/** Replays histories and returns what went wrong, by workflow id; empty when all is well. */
export async function replay(options: ReplayWorkerOptions, histories: readonly NamedHistory[]): Promise<string[]> {
  const failures: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    if (error !== undefined) failures.push(`${workflowId}: ${error.message}`);
  }
  return failures;
}

function isOurMarker({ markerRecordedEventAttributes: marker }: HistoryEvent): boolean {
  if (marker?.markerName !== 'core_patch') return false;
  return Object.values(marker.details ?? {}).some((payloads) =>
    payloads.payloads?.some(({ data }) => PATCH_IDS.some((id) => Buffer.from(data ?? []).includes(id))),
  );
}

function isOurUpsert(event: HistoryEvent): boolean {
  const fields = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  if (fields == null) return false;
  return changesVersion(event) || Object.keys(fields).some((key) => OUR_KEYS.has(key));
}

function changesVersion({ upsertWorkflowSearchAttributesEventAttributes: upsert }: HistoryEvent): boolean {
  const version = upsert?.searchAttributes?.indexedFields?.TemporalChangeVersion;
  return version !== undefined && PATCH_IDS.some((id) => Buffer.from(version.data ?? []).includes(id));
}

/** Every field that names an event follows it to its new number. */
function renumber(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => renumber(item, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) =>
      /[eE]ventId$/.test(key) ? [key, ids.get(String(field)) ?? field] : [key, renumber(field, ids)],
    ),
  );
}
