/**
 * Runs whose workflow task fails again and again, on servers that do not report them (before Temporal 1.30). Such a run
 * looks like any other in visibility, so a few are asked what they are doing: the oldest, which have perhaps stood still
 * for long, and the newest, whose code may just have been deployed. Failing runs between these are not seen.
 *
 * @module
 */

import { GRPC, grpcCode } from '../client/grpc-status';
import type { Visibility } from '../client/visibility';
import { allOf, quoteTime, RUNNING } from '../client/visibility-query';
import type { VisibleRun } from '../client/visible-run';
import type { ExporterConfig } from './config';
import { earliestRuns } from './earliest-runs';
import { countByType, type FailingRuns } from './reported-failing-runs';
import { IS_AGENT } from './task-types';
import type { WatchedNamespace } from './watch';
import type { WorkflowDescriber } from './workflow-describer';

/**
 * A run that is younger has not come to its third attempt: Core lets all attempts but the first time out, after 10
 * seconds by default.
 */
const MINIMUM_AGE_MS = 30_000;
/** Runs that are listed for each that is described, so that task types of which few run get their share. */
const LISTED_PER_DESCRIBED = 10;

/** @throws ServiceError of a request */
export async function sampledFailingRuns(
  { visibility, describer, config }: Pick<WatchedNamespace, 'visibility' | 'describer' | 'config'>,
  nowMs: number,
): Promise<FailingRuns> {
  const runs: VisibleRun[] = [];
  for (const run of await sample(visibility, config, nowMs)) {
    if ((await taskAttempt(describer, run)) >= config.failingAttempts) runs.push(run);
  }
  return { counts: countByType(runs), runs };
}

/** The same for every replica that asks at the same time. */
async function sample(
  visibility: Visibility,
  { listLimit, describeLimit }: ExporterConfig,
  nowMs: number,
): Promise<readonly VisibleRun[]> {
  const wanted = Math.max(1, Math.min(Math.floor(listLimit / 2), describeLimit * LISTED_PER_DESCRIBED));
  const newestMs = nowMs - MINIMUM_AGE_MS;
  // A run that waits for its start delay or its cron schedule has no workflow task yet.
  const begun = allOf(RUNNING, IS_AGENT, `ExecutionTime < ${quoteTime(newestMs)}`);
  const startedBefore = (ms: number) => allOf(begun, `StartTime < ${quoteTime(ms)}`);
  const { runs: newest, more } = await visibility.list('failing_tasks', startedBefore(newestMs), wanted);
  const oldest = more
    ? await earliestRuns(visibility, {
        query: 'failing_tasks',
        before: startedBefore,
        timeOf: ({ startedAtMs }) => startedAtMs,
        nearMs: newest.at(-1)?.startedAtMs ?? newestMs,
        wanted,
        limit: listLimit,
      })
    : newest.toReversed();
  const half = Math.ceil(describeLimit / 2);
  const chosen = new Map([...byTurns(oldest).slice(0, half), ...byTurns(newest)].map((run) => [run.runId, run]));
  return [...chosen.values()].slice(0, describeLimit);
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
async function taskAttempt(describer: WorkflowDescriber, run: VisibleRun): Promise<number> {
  try {
    const { pendingWorkflowTask } = await describer.describe('failing_tasks', run);
    return pendingWorkflowTask?.attempt ?? 0;
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return 0;
    throw error;
  }
}
