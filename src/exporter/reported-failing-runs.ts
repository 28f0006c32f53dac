/**
 * Runs whose workflow task fails again and again, as Temporal 1.30 and Temporal Cloud report them in visibility: after
 * five failures in a row by default (`system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute`), until one
 * succeeds.
 *
 * @module
 */

import type { Visibility } from '../client/visibility';
import { allOf, quote, RUNNING } from '../client/visibility-query';
import type { VisibleRun } from '../client/visible-run';
import { IS_AGENT } from './task-types';

export interface FailingRuns {
  /** How many there are of each task type; types without any are absent. */
  readonly counts: ReadonlyMap<string, number>;
  /** The runs; where there are too many, some of them. */
  readonly runs: readonly VisibleRun[];
}

export const NO_FAILING_RUNS: FailingRuns = { counts: new Map(), runs: [] };

/** @throws ServiceError of a request, INVALID_ARGUMENT where the server does not report them */
export async function reportedFailingRuns(
  visibility: Visibility,
  taskTypes: readonly string[],
  limit: number,
): Promise<FailingRuns> {
  const total = await visibility.count('failing_tasks', reported(IS_AGENT));
  if (total === 0) return NO_FAILING_RUNS;
  const { runs, more } = await visibility.list('failing_tasks', reported(IS_AGENT), limit);
  if (!more) return { counts: countByType(runs), runs };
  const counts = new Map<string, number>();
  for (const taskType of taskTypes) {
    const count = await visibility.count('failing_tasks', reported(`AgentTaskType = ${quote(taskType)}`));
    if (count > 0) counts.set(taskType, count);
  }
  return { counts, runs };
}

export function countByType(runs: readonly VisibleRun[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { taskType } of runs) {
    if (taskType !== undefined) counts.set(taskType, (counts.get(taskType) ?? 0) + 1);
  }
  return counts;
}

/** Condition for runs that the server reports. */
export function reported(ofType: string): string {
  return allOf(RUNNING, ofType, 'TemporalReportedProblems IS NOT NULL');
}
