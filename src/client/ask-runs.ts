/**
 * Asks many runs for their approvals. Runs whose worker is not there cost a time-out each, so all of it is bounded.
 *
 * @module
 */

import type { Client } from '@temporalio/client';
import type { ApprovalView } from '../definitions/approvals';
import { ApprovalUnansweredError } from './approval-errors';
import { queryApprovals } from './approval-query';
import { type Patience, patienceOf } from './retry';
import { isTaskFailing } from './update-failures';

/** Runs that are asked at once. */
const CONCURRENCY = 10;
/** Longest that one run is waited for, in milliseconds. */
const RUN_MS = 3_000;

interface AskedRun {
  readonly workflowId: string;
  readonly taskQueue: string;
}

/** What is open in each run, in the order of the runs; `undefined` where a run did not answer. Never rejects. */
export async function askRuns(
  client: Client,
  runs: readonly AskedRun[],
  patience: Patience,
): Promise<readonly (readonly ApprovalView[] | undefined)[]> {
  const answers: (readonly ApprovalView[] | undefined)[] = new Array(runs.length).fill(undefined);
  const queues = new TaskQueues();
  let next = 0;
  const askOn = async () => {
    for (let index = next++; index < runs.length; index = next++) {
      const run = runs[index];
      if (run !== undefined) answers[index] = await askRun(client, run, queues, patience);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, askOn));
  return answers;
}

async function askRun(
  client: Client,
  { workflowId, taskQueue }: AskedRun,
  queues: TaskQueues,
  { untilMs }: Patience,
): Promise<readonly ApprovalView[] | undefined> {
  const left = Math.min(RUN_MS, untilMs - Date.now());
  if (left <= 0 || queues.seemDead(taskQueue)) return undefined;
  try {
    // Not the run that visibility named: if that continued as new meanwhile, it answers what was open in it.
    const { open } = await queryApprovals(client, { workflowId, runId: undefined }, patienceOf(left));
    queues.answered(taskQueue);
    return open;
  } catch (error) {
    if (error instanceof ApprovalUnansweredError && !isTaskFailing(error.cause)) queues.timedOut(taskQueue);
    return undefined;
  }
}

/** A task queue that never answered while a run of it was waited for has no worker, so its other runs are not asked. */
class TaskQueues {
  private readonly alive = new Set<string>();
  private readonly silent = new Set<string>();

  answered(taskQueue: string): void {
    this.alive.add(taskQueue);
  }

  timedOut(taskQueue: string): void {
    this.silent.add(taskQueue);
  }

  seemDead(taskQueue: string): boolean {
    return this.silent.has(taskQueue) && !this.alive.has(taskQueue);
  }
}
