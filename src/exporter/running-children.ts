import type { Visibility } from '../client/visibility';
import { allOf, oneOf, quoteTime, RUNNING } from '../client/visibility-query';
import type { RunId, VisibleRun } from '../client/visible-run';

/** An agent that another workflow started. */
export interface ChildRun extends VisibleRun {
  /** The run that started it, even if that has continued as new since. */
  readonly parent: RunId;
}

export interface ChildrenRequest {
  /** Of this task type alone. */
  readonly taskType?: string;
  /** Most children that are listed. */
  readonly limit: number;
  /** What ages are measured against, in milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface ListedChildren {
  readonly children: readonly ChildRun[];
  /** There are more than the limit. */
  readonly more: boolean;
}

const HOUR_MS = 3_600_000;

/** Ages of runs at which a list is cut that does not hold every child. */
const AGES_MS = [7 * 24 * HOUR_MS, 24 * HOUR_MS, 6 * HOUR_MS, HOUR_MS, 0];

/**
 * Children that run. Visibility lists the newest first, while those whose parent is gone are mostly old: where there are
 * more than the limit, they are listed from the oldest on, one span of ages at a time.
 */
export async function listRunningChildren(visibility: Visibility, request: ChildrenRequest): Promise<ListedChildren> {
  const { taskType, limit, nowMs } = request;
  const condition = allOf(
    RUNNING,
    'ParentWorkflowId IS NOT NULL',
    taskType === undefined ? 'AgentTaskType IS NOT NULL' : oneOf('AgentTaskType', [taskType]),
  );
  const all = await visibility.list('orphans', condition, limit);
  if (!all.more) return { children: all.runs.filter(isChild), more: false };

  const runs: VisibleRun[] = [];
  let since: string | undefined;
  for (const ageMs of AGES_MS) {
    if (runs.length >= limit) break;
    const until = quoteTime(nowMs - ageMs);
    const span = allOf(condition, since && `StartTime >= ${since}`, `StartTime < ${until}`);
    const listed = await visibility.list('orphans', span, limit - runs.length);
    runs.push(...listed.runs);
    since = until;
  }
  return { children: runs.filter(isChild), more: true };
}

function isChild(run: VisibleRun): run is ChildRun {
  return run.parent !== undefined;
}
