/**
 * The plugin: one line in a worker.
 *
 * @module
 */

import type { ClientOptions, ClientPlugin } from '@temporalio/client';
import type {
  BundleOptions,
  BundlerPlugin,
  ReplayWorkerOptions,
  Worker,
  WorkerOptions,
  WorkerPlugin,
} from '@temporalio/worker';
import type { BundleConfig } from './definitions/bundle-config';
import type { AgentObservabilityOptions } from './options';
import { type ResolvedOptions, resolveOptions } from './resolve-options';
import { configureBundle } from './worker/bundle';
import { ClientFindings } from './worker/client-findings';
import { configureObservedClient } from './worker/configure-client';
import { configureObservedReplayWorker, configureObservedWorker, observedWorker } from './worker/configure-worker';
import { loggerOf } from './worker/logger';
import { joinRunningWorkers, runningWorker } from './worker/running-workers';
import { sayWhatIsUnseen } from './worker/unseen';
import { joinExporters } from './worker/worker-exporter';
import { WorkerObserver } from './worker/worker-observer';
import { joinWorkerRuns } from './worker/worker-runs';

/** Name under which Temporal knows the plugin. */
export const PLUGIN_NAME = 'temporal-agent-observability.AgentObservabilityPlugin';

/**
 * Makes the AI agents of a Temporal worker observable, without a change to workflow or activity code.
 *
 * The same instance can go on connections, clients, workers, replay workers and `bundleWorkflowCode`, in any number and
 * combination: it is applied once to each.
 *
 * @example
 * ```ts
 * const worker = await Worker.create({
 *   taskQueue, workflowsPath, activities,
 *   plugins: [new AgentObservabilityPlugin()],
 * });
 * ```
 */
export class AgentObservabilityPlugin implements ClientPlugin, WorkerPlugin, BundlerPlugin {
  /** The options in force: checked, complete and frozen. */
  readonly options: ResolvedOptions;
  readonly #bundle: BundleConfig;
  readonly #client: ClientFindings;

  /**
   * @param options see {@link AgentObservabilityOptions}; everything has a default
   * @throws TypeError or RangeError that names the option, what was expected and what came
   */
  constructor(options: AgentObservabilityOptions = {}) {
    this.options = resolveOptions(options);
    const { searchAttributes, taskTypes, thresholds } = this.options;
    this.#bundle = { keys: searchAttributes.keys, taskTypes, thresholds };
    this.#client = new ClientFindings(this.options, loggerOf(this.options.logger));
  }

  get name(): string {
    return PLUGIN_NAME;
  }

  configureClient(clientOptions: Omit<ClientOptions, 'plugins'>): Omit<ClientOptions, 'plugins'> {
    return configureObservedClient(clientOptions, this.options, this.#client);
  }

  configureBundler(bundleOptions: BundleOptions): BundleOptions {
    return configureBundle(bundleOptions, this.#bundle);
  }

  configureWorker(workerOptions: WorkerOptions): WorkerOptions {
    const { options } = this;
    return configureObservedWorker(workerOptions, () => ({
      options,
      bundle: this.#bundle,
      observer: new WorkerObserver(workerOptions.namespace ?? 'default', options, loggerOf(options.logger)),
      client: this.#client,
    }));
  }

  configureReplayWorker(workerOptions: ReplayWorkerOptions): ReplayWorkerOptions {
    return configureObservedReplayWorker(workerOptions, this.#client);
  }

  /** Calls `next` at once: a worker must not stay INITIALIZED because of its observer. */
  runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const observed = observedWorker(worker);
    if (observed === undefined || observed.observer.started) return next(worker);
    const { observer, searchAttributes } = observed;
    observer.externalStorage = worker.options.loadedDataConverter.externalStorage;
    observer.start();
    searchAttributes?.start(worker.connection);
    const forget = this.#client.through(observer);
    const leave = joinRunningWorkers(runningWorker(worker));
    const ended = joinWorkerRuns(worker.options.taskQueue, this.options, observer);
    if (this.options.mode !== 'off') sayWhatIsUnseen(observer.logger);
    const done = next(worker);
    const leaveExporters = joinExporters(worker, this.options, observer);
    const end = async (error?: unknown) => {
      ended(error);
      forget();
      leave();
      await leaveExporters();
      searchAttributes?.stop();
      await observer.stop();
    };
    return done.then(
      () => end(),
      async (error: unknown) => {
        await end(error);
        throw error;
      },
    );
  }
}
