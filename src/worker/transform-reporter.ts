/**
 * What the workflow side of one worker tells of transforms, as metrics and a log line.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { NamespaceMetrics } from '../metrics';

const MAX_NAMES = 1_000;

export interface TransformUse {
  readonly transform: string;
  /** Bytes. */
  readonly before: number;
  readonly after: number | undefined;
}

export class TransformReporter {
  private readonly names = new Set<string>();
  private taskQueue = '';

  constructor(private readonly outlets: { readonly logger: Logger; readonly metrics: NamespaceMetrics | undefined }) {}

  /** Every run tells; the first one is heard. */
  defined(taskQueue: string, names: readonly string[]): void {
    const added = names.filter((name) => !this.names.has(name)).slice(0, MAX_NAMES - this.names.size);
    if (added.length === 0) return;
    this.taskQueue = taskQueue;
    for (const name of added) this.names.add(name);
    this.gauge(1);
    this.outlets.logger.info('Agent observability: the workflow code registers transforms of tool outputs', {
      taskQueue,
      transforms: added.join(', '),
    });
  }

  used({ transform, before, after }: TransformUse): void {
    const { metrics } = this.outlets;
    metrics?.observe('transformBytes', { transform, stage: 'before' }, before);
    if (after !== undefined) metrics?.observe('transformBytes', { transform, stage: 'after' }, after);
  }

  /** A registry of the user's outlives the worker. */
  stop(): void {
    this.gauge(0);
    this.names.clear();
  }

  private gauge(value: 0 | 1): void {
    const labels = { task_queue: this.taskQueue };
    for (const transform of this.names)
      this.outlets.metrics?.set('transformsRegistered', { ...labels, transform }, value);
  }
}
