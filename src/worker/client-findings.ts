/**
 * What the client side finds, told through a worker of this process where one runs in the same namespace, else through
 * an observer of its own.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { WorkflowInput } from '../client/workflow-input-interceptor';
import type { Detected } from '../definitions/finding';
import type { ReportError } from '../definitions/observer-parts';
import type { ResolvedOptions } from '../resolve-options';
import type { ClientObserver } from './configure-client';
import { payloadFinding } from './payload-findings';
import { WorkerObserver } from './worker-observer';

export class ClientFindings implements ClientObserver {
  private readonly running = new Set<WorkerObserver>();
  private readonly clientOnly = new Map<string, WorkerObserver>();

  constructor(
    private readonly options: ResolvedOptions,
    private readonly logger: Logger,
  ) {}

  /** Tells findings through this observer from now on; call the result when it stops. */
  through(observer: WorkerObserver): () => void {
    this.running.add(observer);
    return () => this.running.delete(observer);
  }

  readonly report: ReportError = (part, error) => this.observerOf('default').report(part, error);

  found(detected: Detected): void {
    this.observerOf('default').found(detected);
  }

  onWorkflowInput(namespace: string, { workflowType, workflowId, runId, ...size }: WorkflowInput): void {
    const observer = this.observerOf(namespace);
    const { bytes, inlineBytes } = size;
    if (bytes !== undefined) observer.metrics?.observe('payloadBytes', { boundary: 'workflow_input' }, bytes);
    const payload = { boundary: 'workflow_input', bytes: inlineBytes, subject: workflowType } as const;
    const finding = payloadFinding(payload, this.options.thresholds);
    if (finding === undefined) return;
    observer.start();
    observer.found({ ...finding, workflowType, workflowId, ...(runId !== undefined && { runId }) });
  }

  private observerOf(namespace: string): WorkerObserver {
    const running = [...this.running];
    return running.find((observer) => observer.namespace === namespace) ?? running[0] ?? this.clientObserver(namespace);
  }

  /**
   * Started by the first finding only, and never with a port: a process that only starts workflows opens nothing before
   * there is something to tell.
   */
  private clientObserver(namespace: string): WorkerObserver {
    let observer = this.clientOnly.get(namespace);
    if (observer === undefined) {
      const { metrics } = this.options;
      const usersRegistry = metrics !== undefined && 'registry' in metrics ? metrics : undefined;
      observer = new WorkerObserver(namespace, { ...this.options, metrics: usersRegistry }, this.logger);
      this.clientOnly.set(namespace, observer);
    }
    return observer;
  }
}
