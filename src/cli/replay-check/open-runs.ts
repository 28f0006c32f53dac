/**
 * Open runs from visibility. The number of requests is bounded: one for each workflow type that the code defines, and a
 * few for the others.
 *
 * @module
 */

import type { Connection } from '@temporalio/client';
import { quote } from '../../client/visibility-query';
import type { DefinedWorkflows } from './defined-workflows';

export interface OpenRun {
  readonly workflowId: string;
  readonly runId: string;
}

/** Open runs of one workflow type. */
export interface OpenRunsOfType {
  readonly workflowType: string;
  /** Whether the code has this type. */
  readonly defined: boolean;
  /** Newest first. */
  readonly runs: readonly OpenRun[];
  /** There are more than are listed here. */
  readonly more: boolean;
}

export interface OpenRuns {
  readonly types: readonly OpenRunsOfType[];
  /** Types that the code does not define and that other code may, for they have task queues of their own. */
  readonly elsewhere: readonly string[];
}

export interface Scope {
  readonly namespace: string;
  /** Visibility condition that narrows the runs; what it leaves is taken to be for this code alone. */
  readonly condition: string | undefined;
}

interface ListedRun extends OpenRun {
  readonly workflowType: string;
  readonly taskQueue: string;
}

interface Listed {
  readonly runs: readonly ListedRun[];
  readonly more: boolean;
}

/** What the server gives in one page by default at most. */
const PAGE_SIZE = 1000;
const MAX_PAGES_OF_OTHERS = 5;
/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 30_000;

/** @throws ServiceError, INVALID_ARGUMENT when the condition is none */
export async function listOpenRuns(
  connection: Connection,
  { namespace, condition }: Scope,
  { names, takesAny }: DefinedWorkflows,
): Promise<OpenRuns> {
  const open = ["ExecutionStatus = 'Running'", ...(condition === undefined ? [] : [`(${condition})`])];
  const list = (type: string, maxPages: number) =>
    listRuns(connection, namespace, [...open, type].join(' AND '), maxPages);

  const types: OpenRunsOfType[] = [];
  const queues = new Set<string>();
  for (const workflowType of names) {
    const { runs, more } = await list(`WorkflowType = ${quote(workflowType)}`, 1);
    for (const { taskQueue } of runs) queues.add(taskQueue);
    if (runs.length > 0) types.push({ workflowType, defined: true, runs, more });
  }

  const elsewhere = new Set<string>();
  const others = await list(
    names.size === 0 ? "WorkflowType != ''" : `WorkflowType NOT IN (${[...names].map(quote).join(', ')})`,
    MAX_PAGES_OF_OTHERS,
  );
  for (const [workflowType, runs] of groupByType(others.runs)) {
    // A worker is given whatever is on its task queue, so that its code has to have the type.
    if (takesAny || condition !== undefined || runs.some(({ taskQueue }) => queues.has(taskQueue))) {
      types.push({ workflowType, defined: takesAny, runs, more: others.more });
    } else elsewhere.add(workflowType);
  }
  return { types: types.sort((a, b) => (a.workflowType < b.workflowType ? -1 : 1)), elsewhere: [...elsewhere].sort() };
}

/** `count` of the runs, evenly from the newest to the oldest: old ones were begun by older code. */
export function spread<T>(runs: readonly T[], count: number): readonly T[] {
  if (runs.length <= count) return runs;
  const step = count === 1 ? 0 : (runs.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => runs[Math.round(i * step)] as T);
}

async function listRuns(connection: Connection, namespace: string, query: string, maxPages: number): Promise<Listed> {
  const runs: ListedRun[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  for (let page = 0; page < maxPages; page++) {
    const request = { namespace, query, pageSize: PAGE_SIZE, nextPageToken };
    const response = await connection.withDeadline(Date.now() + REQUEST_MS, () =>
      connection.workflowService.listWorkflowExecutions(request),
    );
    for (const { execution, type, taskQueue } of response.executions ?? []) {
      runs.push({
        workflowId: execution?.workflowId ?? '',
        runId: execution?.runId ?? '',
        workflowType: type?.name ?? '',
        taskQueue: taskQueue ?? '',
      });
    }
    nextPageToken = response.nextPageToken ?? new Uint8Array();
    if (nextPageToken.length === 0) return { runs, more: false };
  }
  return { runs, more: true };
}

function groupByType(runs: readonly ListedRun[]): Map<string, ListedRun[]> {
  const byType = new Map<string, ListedRun[]>();
  for (const run of runs) {
    const group = byType.get(run.workflowType);
    if (group === undefined) byType.set(run.workflowType, [run]);
    else group.push(run);
  }
  return byType;
}
