/**
 * The workers with the plugin that run in this process, for those who are told of a run and know nothing but its id.
 *
 * @module
 */

import type { ConnectionLike } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';

export interface RunningWorker {
  readonly namespace: string;
  readonly taskQueue: string;
  /** As the options say, else as Temporal makes it up from the bundle. */
  readonly buildId: string | undefined;
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

export function runningWorker({ options, connection }: Worker): RunningWorker {
  const { namespace, taskQueue, workerDeploymentOptions } = options;
  return { namespace, taskQueue, connection, buildId: workerDeploymentOptions?.version.buildId ?? options.buildId };
}
