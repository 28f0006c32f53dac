/**
 * The workers of this process as metrics: how many run, and how many ended with an error and were not replaced.
 *
 * @module
 */

import { type AgentMetrics, acquireMetrics } from '../metrics';
import type { ResolvedOptions } from '../resolve-options';
import type { WorkerObserver } from './worker-observer';

interface Failure {
  /** Keeps the endpoint open: that the process of a failed worker lives on has to be seen. */
  readonly held: AgentMetrics;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** More are counted, and the endpoint is open by these. */
const MOST_KEPT = 100;

/** Until a worker of their task queue is started in this process. */
const failures = new Set<Failure>();

/**
 * Call the result when the worker ends, with what it ended with, before its observer stops. Neither throws.
 *
 * @param observer - has started
 */
export function joinWorkerRuns(
  taskQueue: string,
  options: Pick<ResolvedOptions, 'metrics'>,
  observer: Pick<WorkerObserver, 'namespace' | 'metrics' | 'report' | 'logger'>,
): (error?: unknown) => void {
  const { namespace, metrics } = observer;
  if (metrics === undefined || options.metrics === undefined) return () => {};
  const target = options.metrics;
  const labels = { task_queue: taskQueue };
  metrics.add('workersRunning', labels, 1);
  metrics.set('workersFailed', labels, 0);
  for (const failure of failures) if (isOf(failure, namespace, taskQueue)) void forget(failure);
  return (error) => {
    metrics.add('workersRunning', labels, -1);
    if (error === undefined || wasAskedToEnd(error)) return;
    metrics.add('workersFailed', labels, 1);
    if (failures.size >= MOST_KEPT) return;
    try {
      const held = acquireMetrics(target, 'worker', observer.report, observer.logger);
      failures.add({ held, namespace, taskQueue });
    } catch (cause) {
      observer.report('metrics', cause);
    }
  };
}

/** In a registry of the user's, and beside workers that run, its metrics stay. */
function forget(failure: Failure): Promise<void> {
  const { held, namespace, taskQueue } = failure;
  failures.delete(failure);
  held.for(namespace).set('workersFailed', { task_queue: taskQueue }, 0);
  return held.release();
}

function isOf(failure: Failure, namespace: string, taskQueue: string): boolean {
  return failure.namespace === namespace && failure.taskQueue === taskQueue;
}

/** By name, for a copy of the SDK's class may be another. A worker that ran out of grace was shut down all the same. */
function wasAskedToEnd(error: unknown): boolean {
  return error instanceof Error && error.name === 'GracefulShutdownPeriodExpiredError';
}
