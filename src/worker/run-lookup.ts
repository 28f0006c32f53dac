/**
 * Finds out which run an id means. Core names runs by nothing else, so visibility is asked: not at all while nothing
 * fails, and once a second for up to fifty runs when a bad deploy fails thousands.
 *
 * @module
 */

import type { FindingSubject } from '../definitions/finding';
import { REQUIRED_SEARCH_ATTRIBUTE } from '../definitions/search-attributes';
import { type RunningWorker, runningWorkers } from './running-workers';

export interface KnownRun extends Required<FindingSubject> {
  readonly namespace: string;
  /** The worker of this process that runs it. */
  readonly worker: RunningWorker;
}

/** Never throws. */
type Answer = (run: KnownRun | undefined) => void;

const BATCH = 50;
const MAX_WAITING = 1_000;
const INTERVAL_MS = 1_000;
/** Runs that fail together are asked for together. */
const GATHER_MS = 50;
const REQUEST_MS = 10_000;

const waiting = new Map<string, Answer[]>();
let isAsking = false;

/** Answers with `undefined` when no namespace of this process knows the run, or too many are asked for. */
export function lookUpRun(runId: string, answer: Answer): void {
  const answers = waiting.get(runId);
  if (answers !== undefined) {
    answers.push(answer);
    return;
  }
  if (waiting.size >= MAX_WAITING) {
    answer(undefined);
    return;
  }
  waiting.set(runId, [answer]);
  if (!isAsking) askIn(GATHER_MS);
}

function askIn(milliseconds: number): void {
  isAsking = true;
  setTimeout(() => {
    void ask().finally(() => {
      isAsking = false;
      if (waiting.size > 0) askIn(INTERVAL_MS);
    });
  }, milliseconds).unref();
}

/** Never rejects. */
async function ask(): Promise<void> {
  const batch = [...waiting].slice(0, BATCH);
  for (const [runId] of batch) waiting.delete(runId);
  const runs = await listRuns(batch.map(([runId]) => runId));
  for (const [runId, answers] of batch) for (const answer of answers) answer(runs.get(runId));
}

async function listRuns(runIds: readonly string[]): Promise<ReadonlyMap<string, KnownRun>> {
  const workers = runningWorkers();
  const namespaces = [...new Set(workers.map(({ namespace }) => namespace))];
  const lists = await Promise.allSettled(
    namespaces.map((namespace) =>
      listIn(
        namespace,
        workers.filter((worker) => worker.namespace === namespace),
        runIds,
      ),
    ),
  );
  return new Map(lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])));
}

async function listIn(
  namespace: string,
  workers: readonly RunningWorker[],
  runIds: readonly string[],
): Promise<(readonly [string, KnownRun])[]> {
  const connection = workers.find((worker) => worker.connection !== undefined)?.connection;
  const [first] = workers;
  if (connection === undefined || first === undefined) return [];
  const query = runIds.map((runId) => `RunId = '${runId}'`).join(' OR ');
  const { executions } = await connection.withDeadline(Date.now() + REQUEST_MS, () =>
    connection.workflowService.listWorkflowExecutions({ namespace, query, pageSize: BATCH }),
  );
  return (executions ?? []).flatMap(({ execution, type, taskQueue, searchAttributes }) => {
    const { runId, workflowId } = execution ?? {};
    if (runId == null || workflowId == null) return [];
    const workflowType = type?.name ?? '';
    const taskType = keywordOf(searchAttributes?.indexedFields?.[REQUIRED_SEARCH_ATTRIBUTE]?.data) ?? workflowType;
    const worker = workers.find((candidate) => candidate.taskQueue === taskQueue) ?? first;
    return [[runId, { namespace, workflowId, runId, workflowType, taskType, worker }] as const];
  });
}

function keywordOf(data: Uint8Array | null | undefined): string | undefined {
  if (data == null) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString('utf8'));
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
