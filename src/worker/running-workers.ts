/**
 * The workers with the plugin that run in this process, for those who are told of a run and know nothing but its id.
 *
 * @module
 */

import type { ConnectionLike } from '@temporalio/client';

export interface RunningWorker {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly buildId: string;
  readonly connection: Pick<ConnectionLike, 'workflowService' | 'withDeadline'> | undefined;
}

const running = new Set<RunningWorker>();

/** Call the result when the worker stops. */
export function joinRunningWorkers(worker: RunningWorker): () => void {
  running.add(worker);
  return () => running.delete(worker);
}

export function runningWorkers(): readonly RunningWorker[] {
  return [...running];
}
