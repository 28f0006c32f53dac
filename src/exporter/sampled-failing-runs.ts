/**
 * Runs whose workflow task fails again and again, on servers that do not report them (before Temporal 1.30). Such a run
 * looks like any other in visibility, so a few are asked what they are doing: those that are overdue, the oldest, which have
 * perhaps stood still for long, and the newest, whose code may just have been deployed. Which ones these are depends on
 * visibility alone, so that replicas agree; failing runs that are not among them are not seen.
 *
 * @module
 */

import { GRPC, grpcCode } from '../client/grpc-status';
import type { Visibility } from '../client/visibility';
import { allOf, quoteTime, RUNNING } from '../client/visibility-query';
import type { VisibleRun } from '../client/visible-run';
import { earliestRuns } from './earliest-runs';
import { countByType, type FailingRuns } from './reported-failing-runs';
import { IS_AGENT } from './task-types';
import type { Poll, WatchedNamespace } from './watch';
import type { WorkflowDescriber } from './workflow-describer';

/**
 * A run that is younger has not come to its third attempt: Core lets all attempts but the first time out, after 10
 * seconds by default.
 */
const MINIMUM_AGE_MS = 30_000;
/** Runs that are listed for each that is described, so that task types of which few run get their share. */
const LISTED_PER_DESCRIBED = 10;

export interface SampledFailingRuns extends FailingRuns {
  /** For the next time: it saves requests and changes no answer. */
  readonly oldestBeforeMs: number | undefined;
}

/**
 * @param overdue runs that are overdue, the oldest first
 * @param hintMs where the oldest runs were found when last asked
 * @throws ServiceError of a request
 */
export async function sampledFailingRuns(
  watched: Pick<WatchedNamespace, 'visibility' | 'describer' | 'config'>,
  { nowMs }: Pick<Poll, 'nowMs'>,
  overdue: readonly VisibleRun[],
  hintMs: number | undefined,
): Promise<SampledFailingRuns> {
  const { visibility, describer, config } = watched;
  const { listLimit, describeLimit, failingAttempts } = config;
  // Less than a List gives, or no time may be found before which there are enough runs and not too many.
  const wanted = Math.max(1, Math.min(Math.floor(listLimit / 2), describeLimit * LISTED_PER_DESCRIBED));
  const span = { limit: listLimit, nowMs, wanted, hintMs };
  const { oldest, newest, oldestBeforeMs } = await oldestAndNewest(visibility, span);
  const runs: VisibleRun[] = [];
  for (const run of choose(overdue, oldest, newest, describeLimit)) {
    if ((await taskAttempt(describer, run)) >= failingAttempts) runs.push(run);
  }
  return { counts: countByType(runs), runs, oldestBeforeMs };
}

interface Span {
  readonly limit: number;
  readonly nowMs: number;
  readonly wanted: number;
  readonly hintMs: number | undefined;
}

async function oldestAndNewest(visibility: Visibility, { limit, nowMs, wanted, hintMs }: Span) {
  const newestMs = nowMs - MINIMUM_AGE_MS;
  // A run that waits for its start delay or its cron schedule has no workflow task yet.
  const begun = allOf(RUNNING, IS_AGENT, `ExecutionTime < ${quoteTime(newestMs)}`);
  const startedBefore = (ms: number) => allOf(begun, `StartTime < ${quoteTime(ms)}`);
  const { runs: newest, more } = await visibility.list('failing_tasks', startedBefore(newestMs), wanted);
  if (!more) return { newest, oldest: newest.toReversed(), oldestBeforeMs: hintMs };
  const { runs: oldest, beforeMs: oldestBeforeMs } = await earliestRuns(visibility, {
    query: 'failing_tasks',
    before: startedBefore,
    timeOf: ({ startedAtMs }) => startedAtMs,
    nearMs: newest.at(-1)?.startedAtMs ?? newestMs,
    hintMs,
    wanted,
    limit,
  });
  return { newest, oldest, oldestBeforeMs };
}

/** Half of them overdue, a quarter the oldest, the rest the newest; where there are too few of one, more of the others. */
function choose(
  overdue: readonly VisibleRun[],
  oldest: readonly VisibleRun[],
  newest: readonly VisibleRun[],
  count: number,
): Iterable<VisibleRun> {
  const chosen = new Map<string, VisibleRun>();
  const fill = (runs: readonly VisibleRun[], upTo: number) => {
    for (const run of byTurns(runs)) if (chosen.size < upTo) chosen.set(run.runId, run);
  };
  fill(overdue, Math.ceil(count / 2));
  fill(oldest, chosen.size + Math.ceil((count - chosen.size) / 2));
  for (const runs of [newest, overdue, oldest]) fill(runs, count);
  return chosen.values();
}

/** The first of each task type, then the second of each, and so on. */
function byTurns(runs: readonly VisibleRun[]): VisibleRun[] {
  const turns = new Map<string | undefined, number>();
  const ranked = runs.map((run) => {
    const turn = turns.get(run.taskType) ?? 0;
    turns.set(run.taskType, turn + 1);
    return { run, turn };
  });
  return ranked.sort((a, b) => a.turn - b.turn).map(({ run }) => run);
}

/** Attempt of the workflow task that a run stands at; 0 where it has none, or is gone. */
export async function taskAttempt(describer: WorkflowDescriber, run: VisibleRun): Promise<number> {
  try {
    const { pendingWorkflowTask } = await describer.describe('failing_tasks', run);
    return pendingWorkflowTask?.attempt ?? 0;
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return 0;
    throw error;
  }
}
