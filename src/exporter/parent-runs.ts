/**
 * Whether parents are open, as far as visibility tells. A child names the run that started it. A parent that continues
 * as new keeps its workflow id and gets another run id, and so does an execution that has nothing to do with it and
 * was started later under the same workflow id.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import { allOf, isAskable, oneOf } from '../client/visibility-query';
import type { RunId, RunStatus, VisibleRun } from '../client/visible-run';

/** How a parent ended; of one whose runs are all deleted nothing is known. */
export interface ParentEnd {
  readonly status?: RunStatus;
  readonly closedAtMs?: number;
}

export type ParentState =
  /** It is open, or a later run is that may belong to it. */
  | { readonly state: 'open' }
  | { readonly state: 'closed'; readonly end: ParentEnd }
  /** Visibility does not tell. */
  | {
      readonly state: 'unclear';
      /** What ended it, if the open run of its workflow id is not its own. */
      readonly end?: ParentEnd;
      /** The run that the child names is in this namespace. */
      readonly found: boolean;
    };

/** What visibility knows about the workflow ids of parents. */
interface ParentRuns {
  /** The open run of each workflow id. */
  readonly open: ReadonlyMap<string, VisibleRun>;
  /** Runs that are named by children and are not open, by run id. */
  readonly named: ReadonlyMap<string, VisibleRun>;
  /** Runs that ended otherwise than by continuing as new, the first to end first. */
  readonly ended: readonly VisibleRun[];
}

const ENDED: Readonly<Partial<Record<RunStatus, string>>> = {
  Completed: 'completed',
  Failed: 'failed',
  Canceled: 'was cancelled',
  Terminated: 'was terminated',
  TimedOut: 'timed out',
};

/** Values in one query. Tried with 40,000 on a server; other visibility stores may take fewer. */
const MAX_VALUES = 500;
const MAX_CHARACTERS = 65_536;
/** Most runs that ended under the workflow ids of one query that are looked at. */
const MAX_ENDED = 1000;

/**
 * States of parents by run id. Takes one request for every 500 parents that are open, up to three for those that are not.
 */
export async function readParentStates(
  visibility: Visibility,
  parents: readonly RunId[],
): Promise<ReadonlyMap<string, ParentState>> {
  // Paused runs are open, but do not have the status Running.
  const ids = parents.map(workflowIdOf).filter(isAskable);
  const open = byWorkflowId(await listAll(visibility, 'CloseTime IS NULL', 'WorkflowId', ids));
  const others = parents.filter(({ workflowId, runId }) => open.get(workflowId)?.runId !== runId);
  const named = byRunId(await listAll(visibility, undefined, 'RunId', others.map(runIdOf)));
  const continued = others.filter(({ runId }) => named.get(runId)?.status === 'ContinuedAsNew');
  const ended = await listAll(
    visibility,
    "CloseTime IS NOT NULL AND ExecutionStatus != 'ContinuedAsNew'",
    'WorkflowId',
    continued.map(workflowIdOf).filter(isAskable),
  );
  const runs = { open, named, ended: ended.toSorted((a, b) => closedAt(a) - closedAt(b)) };
  return new Map(parents.map((parent) => [parent.runId, stateOf(parent, runs)]));
}

function stateOf({ workflowId, runId }: RunId, { open, named, ended }: ParentRuns): ParentState {
  const current = open.get(workflowId);
  if (current?.runId === runId) return { state: 'open' };
  const run = named.get(runId);
  // Deleted at the end of its retention, it may have continued as new in the run that is open.
  if (run === undefined) return current === undefined ? { state: 'unclear', found: false } : { state: 'open' };
  if (run.closedAtMs === undefined) return { state: 'open' };
  if (!isAskable(workflowId)) {
    return { state: 'unclear', found: true, ...(run.status !== 'ContinuedAsNew' && { end: endOf(run) }) };
  }

  const last =
    run.status === 'ContinuedAsNew'
      ? ended.find((later) => later.workflowId === workflowId && closedAt(later) >= closedAt(run))
      : run;
  if (last === undefined) return current === undefined ? { state: 'unclear', found: true } : { state: 'open' };
  const end = endOf(last);
  // What is open now can be its next attempt, its next scheduled run or what it was reset to, or something else.
  return current === undefined ? { state: 'closed', end } : { state: 'unclear', end, found: true };
}

/** How and when a parent ended, as the end of a sentence that begins with it. */
export function describeEnd({ status, closedAtMs }: ParentEnd): string {
  const how = (status && ENDED[status]) ?? 'is closed, and its history deleted';
  return closedAtMs === undefined ? how : `${how} at ${new Date(closedAtMs).toISOString()}`;
}

export function endOf({ status, closedAtMs }: VisibleRun): ParentEnd {
  return closedAtMs === undefined ? { status } : { status, closedAtMs };
}

/** Every run whose attribute has one of the values; a workflow id has one open run, a run id one run. */
async function listAll(
  visibility: Visibility,
  condition: string | undefined,
  attribute: 'WorkflowId' | 'RunId',
  values: readonly string[],
): Promise<VisibleRun[]> {
  const runs: VisibleRun[] = [];
  for (const some of chunks([...new Set(values)].sort())) {
    const listed = await visibility.list('orphans', allOf(condition, oneOf(attribute, some)), MAX_ENDED);
    runs.push(...listed.runs);
  }
  return runs;
}

function* chunks(values: readonly string[]): Generator<readonly string[]> {
  let chunk: string[] = [];
  let characters = 0;
  for (const value of values) {
    if (chunk.length === MAX_VALUES || (chunk.length > 0 && characters + value.length > MAX_CHARACTERS)) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(value);
    characters += value.length;
  }
  if (chunk.length > 0) yield chunk;
}

const workflowIdOf = ({ workflowId }: RunId) => workflowId;
const runIdOf = ({ runId }: RunId) => runId;
const closedAt = ({ closedAtMs }: VisibleRun) => closedAtMs ?? 0;

function byWorkflowId(runs: readonly VisibleRun[]): ReadonlyMap<string, VisibleRun> {
  return new Map(runs.map((run) => [run.workflowId, run]));
}

function byRunId(runs: readonly VisibleRun[]): ReadonlyMap<string, VisibleRun> {
  return new Map(runs.map((run) => [run.runId, run]));
}
