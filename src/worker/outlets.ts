/**
 * Where observations of one process end up: the endpoint or registry for metrics, the directory for records. Opened when
 * something runs, shared with everyone in the process who asks for the same, and closed when the last one is done.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import { acquireRecorder, type RecorderHandle } from '../content/acquire-recorder';
import type { ObserverPart, ReportError } from '../definitions/observer-parts';
import { type AgentMetrics, acquireMetrics, type NamespaceMetrics } from '../metrics';
import type { ResolvedOptions } from '../resolve-options';

export class Outlets {
  readonly recorder: RecorderHandle | undefined;
  private readonly metrics: AgentMetrics | undefined;

  constructor(
    options: ResolvedOptions,
    logger: Logger,
    private readonly reportError: ReportError,
  ) {
    this.metrics = this.openMetrics(options, logger);
    this.recorder = this.openRecorder(options);
  }

  /** Metrics of a namespace; `undefined` when metrics are off. */
  metricsFor(namespace: string): NamespaceMetrics | undefined {
    return this.metrics?.for(namespace);
  }

  countError(namespace: string, part: ObserverPart): void {
    this.metricsFor(namespace)?.inc('observerErrors', { part });
  }

  /** Stores what waits, for at most `timeoutMs`, and lets go. Never rejects. */
  async close(timeoutMs: number): Promise<void> {
    await this.recorder?.release(timeoutMs);
    await this.metrics?.release();
  }

  /** A user's registry can hold another metric under one of our names; records go on without metrics. */
  private openMetrics({ metrics }: ResolvedOptions, logger: Logger): AgentMetrics | undefined {
    try {
      return metrics && acquireMetrics(metrics, 'worker', this.reportError, logger);
    } catch (error) {
      this.reportError('metrics', error);
      return undefined;
    }
  }

  private openRecorder({ content, redact }: ResolvedOptions): RecorderHandle | undefined {
    if (content === undefined) return undefined;
    return acquireRecorder(
      { ...content, redact },
      {
        report: this.reportError,
        written: (namespace) => this.metricsFor(namespace)?.inc('contentWritten', {}),
        failed: (namespace) => this.metricsFor(namespace)?.inc('contentFailed', {}),
        dropped: (namespace) => this.metricsFor(namespace)?.inc('contentDropped', {}),
        spoolBytes: (namespace, bytes) => this.metricsFor(namespace)?.set('contentSpoolBytes', {}, bytes),
      },
    );
  }
}
