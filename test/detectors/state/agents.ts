/**
 * A worker with the plugin and thresholds of its own, and what it found about the agents that it ran.
 *
 * @module
 */

import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';
import type { AgentObservabilityOptions } from 'temporal-agent-observability';
import { expect } from 'vitest';
import { Effects, Server } from '../../plugin/observed';
import { quietRuntime } from '../../support/quiet-runtime';
import { activities } from './activities';

type Thresholds = NonNullable<AgentObservabilityOptions['thresholds']>;

export interface FoundOfRun {
  readonly finding: string;
  readonly severity: string;
  readonly runId: string;
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

let workers = 0;

export class Agents {
  readonly effects = new Effects();
  private runs = 0;

  private constructor(
    readonly server: Server,
    private readonly thresholds: Thresholds,
    private readonly stops: (() => Promise<void>)[] = [],
    private taskQueue = '',
  ) {}

  static async start(
    address: string,
    namespace: string,
    thresholds: Thresholds,
    worker: Partial<WorkerOptions> = {},
  ): Promise<Agents> {
    quietRuntime();
    const agents = new Agents(await Server.connect(address, namespace), thresholds);
    await agents.run(worker);
    return agents;
  }

  private async run(options: Partial<WorkerOptions>): Promise<void> {
    this.taskQueue = `agents-${++workers}`;
    const plugin = this.effects.plugin({ thresholds: this.thresholds, content: 'off' });
    const workflowsPath = require.resolve('./workflows.ts');
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins: [plugin], logger: quietRuntime() });
    const { taskQueue } = this;
    const worker = await this.server.worker({ taskQueue, workflowBundle, activities, plugins: [plugin], ...options });
    const done = worker.run();
    this.stops.push(async () => {
      worker.shutdown();
      await done;
    });
  }

  async close(): Promise<void> {
    for (const stop of this.stops) await stop();
    await this.server.close();
    this.effects.remove();
  }

  start(workflow: string, ...args: unknown[]) {
    const workflowId = `${this.taskQueue}-${workflow}-${++this.runs}`;
    return this.server.client.workflow.start(workflow, { workflowId, taskQueue: this.taskQueue, args });
  }

  /** Runs a workflow to its end, however it ends, and returns what was found about it. */
  async execute(workflow: string, ...args: unknown[]) {
    const handle = await this.start(workflow, ...args);
    const { workflowId } = handle;
    const error: unknown = await handle.result().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await this.effects.observerErrors()).toEqual({});
    const last = this.server.client.workflow.getHandle(workflowId);
    return {
      workflowId,
      error,
      status: (await last.describe()).status.name,
      handle: last,
      found: this.found(workflowId),
    };
  }

  found(workflowId: string): FoundOfRun[] {
    return this.effects.logger.lines
      .filter(({ meta }) => meta.finding !== undefined && meta.workflowId === workflowId)
      .map(({ message, meta }) => {
        const { finding, severity, runId, advice: _a, workflowId: _w, workflowType: _t, ...evidence } = meta;
        return { finding: String(finding), severity: String(severity), runId: String(runId), message, evidence };
      });
  }
}

/** Findings and severities, each as often as it was reported. */
export function names(found: readonly FoundOfRun[]): string[] {
  return found.map(({ finding, severity }) => `${finding} ${severity}`).sort();
}
