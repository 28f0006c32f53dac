/**
 * Puts the plugin on a worker or replay worker, once, and keeps all that is there.
 *
 * @module
 */

import type { ReplayWorkerOptions, Worker, WorkerOptions } from '@temporalio/worker';
import { activityInterceptors } from '../activity/interceptor';
import type { BundleConfig } from '../definitions/bundle-config';
import { SINK_NAME } from '../definitions/wire';
import type { ResolvedOptions } from '../resolve-options';
import { watchBundle } from './bundle-findings';
import { type ClientObserver, observedWorkerClient } from './configure-client';
import { gate } from './gate';
import { agentSinks, type SinkObserver } from './sinks';
import type { WorkerObserver } from './worker-observer';
import { WorkerSearchAttributes } from './worker-search-attributes';

/** What belongs to one worker with the plugin. */
export interface ObservedWorker {
  readonly observer: WorkerObserver;
  readonly searchAttributes: WorkerSearchAttributes | undefined;
}

/**
 * By what of ours stands in a worker's options, the sign that the plugin was applied to it: the sink, or, where the user
 * has a sink of that name, the activity interceptor.
 */
const observedWorkers = new WeakMap<object, ObservedWorker>();

export interface WorkerParts {
  readonly options: ResolvedOptions;
  readonly bundle: BundleConfig;
  readonly observer: WorkerObserver;
  readonly client: ClientObserver;
}

/** Options of a `Worker` with the plugin. */
export function configureObservedWorker(workerOptions: WorkerOptions, makeParts: () => WorkerParts): WorkerOptions {
  if (observedWorkerOf(workerOptions) !== undefined) return workerOptions;
  const { options, bundle, observer, client } = makeParts();
  const { interceptors = {}, patchActivationCallback } = workerOptions;
  const namespace = workerOptions.namespace ?? 'default';

  const searchAttributes = WorkerSearchAttributes.for(workerOptions, options, bundle, observer);
  const sinks = agentSinks(observer);
  const activity = options.mode === 'off' ? [] : [activityInterceptors(observer)];
  for (const ours of [sinks[SINK_NAME], ...activity]) observedWorkers.set(ours, { observer, searchAttributes });
  searchAttributes?.start(workerOptions.connection);

  return {
    ...(options.mode === 'off' ? workerOptions : watchBundle(workerOptions, observer)),
    interceptors: {
      ...interceptors,
      activity: [...(interceptors.activity ?? []), ...activity],
      client: observedWorkerClient(interceptors.client, options, client, namespace, {
        connection: () => workerOptions.connection ?? searchAttributes?.connection,
        externalStorage: () => observer.externalStorage,
      }),
    },
    sinks: { ...sinks, ...workerOptions.sinks },
    patchActivationCallback: gate(
      options,
      () => searchAttributes?.registered ?? false,
      patchActivationCallback,
      (error) => observer.report('gate', error),
    ),
  };
}

/** Options of a replay worker with the plugin: it writes what history says, and tells nobody. */
export function configureObservedReplayWorker(
  workerOptions: ReplayWorkerOptions,
  observer: SinkObserver,
): ReplayWorkerOptions {
  if (workerOptions.sinks !== undefined && SINK_NAME in workerOptions.sinks) return workerOptions;
  return { ...workerOptions, sinks: { ...agentSinks(observer), ...workerOptions.sinks } };
}

/** What belongs to a worker that was configured with the plugin. */
export function observedWorker(worker: Worker): ObservedWorker | undefined {
  return observedWorkerOf(worker.options);
}

function observedWorkerOf({
  sinks,
  interceptors,
}: Pick<WorkerOptions, 'sinks' | 'interceptors'>): ObservedWorker | undefined {
  for (const candidate of [sinks?.[SINK_NAME], ...(interceptors?.activity ?? [])]) {
    const observed = candidate && observedWorkers.get(candidate);
    if (observed !== undefined) return observed;
  }
  return undefined;
}
