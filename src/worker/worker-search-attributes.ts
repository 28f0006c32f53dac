/**
 * Search attributes of one worker: which ones its bundle writes, whether the namespace has them, and what to say about
 * it.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import type { SearchAttributeConnection, SearchAttributeStatus } from '../client/search-attribute-registry';
import type { BundleConfig } from '../definitions/bundle-config';
import { differingThresholds } from '../definitions/thresholds';
import type { ResolvedOptions } from '../resolve-options';
import { readPrebuiltBundle } from './bundle';
import { SearchAttributeCheck } from './search-attribute-check';
import type { WorkerObserver } from './worker-observer';

export class WorkerSearchAttributes {
  private check: SearchAttributeCheck | undefined;
  /** Connection that is asked; the worker's own, which may come later than its options. */
  connection: SearchAttributeConnection | undefined;

  private constructor(
    private readonly namespace: string,
    private readonly taskQueue: string,
    private readonly keys: BundleConfig['keys'],
    private readonly options: ResolvedOptions,
    private readonly observer: WorkerObserver,
    private readonly logger: Logger,
  ) {}

  /** `undefined` when no run of this worker can write: it runs no workflows, or its bundle lacks our module. */
  static for(
    workerOptions: WorkerOptions,
    options: ResolvedOptions,
    ownBundle: BundleConfig,
    observer: WorkerObserver,
  ): WorkerSearchAttributes | undefined {
    const { namespace = 'default', taskQueue, workflowBundle, workflowsPath } = workerOptions;
    if (workflowBundle === undefined && workflowsPath === undefined) return undefined;
    const { logger } = observer;
    let bundle: BundleConfig | undefined = ownBundle;
    if (workflowBundle !== undefined) {
      try {
        bundle = readPrebuiltBundle(workflowBundle);
      } catch (error) {
        observer.report('plugin', error);
        bundle = undefined;
      }
      if (bundle === undefined) {
        observer.found({
          id: 'workflow-module-missing',
          message: `the workflow bundle of task queue ${taskQueue} has no agent observability in it; agents write no search attributes`,
          cause: taskQueue,
        });
        logger.error('Agent observability: the workflow bundle was built without the plugin', {
          taskQueue,
          hint: 'Pass the same plugin to bundleWorkflowCode({ plugins: [...] }).',
        });
        return undefined;
      }
      warnOfOtherKeys(bundle, ownBundle, logger);
      warnOfOtherThresholds(bundle, ownBundle, logger);
    }
    warnOfFailureTypes(workerOptions, logger);
    return new WorkerSearchAttributes(namespace, taskQueue, bundle.keys, options, observer, logger);
  }

  get registered(): boolean {
    return this.check?.registered ?? false;
  }

  /** Starts to look, as soon as there is a connection. Returns at once. */
  start(connection: SearchAttributeConnection | undefined): void {
    if (connection === undefined || this.check !== undefined) return;
    this.connection = connection;
    if (this.options.mode !== 'on') return;
    this.check = new SearchAttributeCheck(connection, {
      namespace: this.namespace,
      keys: this.keys,
      register: this.options.searchAttributes.register,
      logger: this.logger,
      onChange: (registered) => this.onChange(registered),
      onUnregistered: (status, commands) => this.onUnregistered(status, commands),
      onError: (error) => this.observer.report('search_attributes', error),
    });
    this.check.start();
  }

  stop(): void {
    this.check?.stop();
    this.check = undefined;
    // A registry of the user's outlives the worker.
    this.observer.searchAttributesEnabled(this.taskQueue, false);
  }

  private onChange(registered: boolean): void {
    this.observer.searchAttributesEnabled(this.taskQueue, registered);
    if (!registered) return;
    this.logger.info('Agent observability: new runs write search attributes', {
      namespace: this.namespace,
      taskQueue: this.taskQueue,
      searchAttributes: this.keys.join(', '),
      rollout: this.options.rollout,
      rollback:
        "Workers without the plugin cannot replay such runs; set mode: 'drain' before removing it, see docs/rollout.md.",
    });
  }

  private onUnregistered(status: SearchAttributeStatus | undefined, commands: readonly string[]): void {
    const mistyped =
      status?.mistyped.map(({ name, expected, actual }) => `${name} is ${actual}, not ${expected}`) ?? [];
    const missing =
      status === undefined ? ['the server could not be asked'] : status.missing.map((name) => `${name} is missing`);
    this.observer.found({
      id: 'search-attributes-unregistered',
      message: `namespace ${this.namespace}: ${[...missing, ...mistyped].join(', ')}; runs that begin now write none, and runs that already write fail their tasks until this is mended`,
      cause: this.namespace,
      evidence: { commands: commands.join('; ') },
    });
  }
}

function warnOfOtherKeys(bundle: BundleConfig, own: BundleConfig, logger: Logger): void {
  const built = bundle.keys.join(', ');
  const wanted = own.keys.join(', ');
  if (built === wanted) return;
  logger.warn('Agent observability: the workflow bundle was built with other search attributes than the options say', {
    bundle: built,
    options: wanted,
    hint: 'The bundle decides. Build it again with the same options to change the set.',
  });
}

function warnOfOtherThresholds(bundle: BundleConfig, own: BundleConfig, logger: Logger): void {
  const differing = differingThresholds(bundle.thresholds, own.thresholds);
  if (differing.length === 0) return;
  logger.warn('Agent observability: the workflow bundle was built with other thresholds than the options say', {
    thresholds: differing.join(', '),
    hint: 'The bundle decides. Build it again with the same options to change them.',
  });
}

/** A worker without the plugin *fails* the runs of such workflow types, where it would otherwise only retry their tasks. */
function warnOfFailureTypes({ workflowFailureErrorTypes }: WorkerOptions, logger: Logger): void {
  const fatal = Object.entries(workflowFailureErrorTypes ?? {})
    .filter(([, types]) =>
      types.some((type) => ['NondeterminismError', 'DeterminismViolationError', 'Error'].includes(type)),
    )
    .map(([workflowType]) => workflowType);
  if (fatal.length === 0) return;
  logger.warn('Agent observability: workflowFailureErrorTypes includes non-determinism', {
    workflowTypes: fatal.join(', '),
    hint: 'A worker without the plugin on this task queue fails runs that write search attributes, see docs/rollout.md.',
  });
}
