/**
 * Workers with the plugin, one with a cache and one without, that run the same agents, so that a test sees that the
 * findings are the same.
 *
 * @module
 */

import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';
import { type AgentObservabilityOptions, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import type { FindingRecord } from 'temporal-agent-observability/content';
import { expect, vi } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

interface Fleet {
  readonly workflowsPath: string;
  readonly activities: NonNullable<WorkerOptions['activities']>;
  readonly options?: AgentObservabilityOptions;
}

export interface Driven {
  /** Acts on the run while it is open. */
  drive?(handle: WorkflowHandle): Promise<void>;
  readonly start?: Pick<WorkflowStartOptions, 'workflowExecutionTimeout' | 'workflowTaskTimeout'>;
}

interface Side {
  readonly taskQueue: string;
  readonly effects: Effects;
  readonly stop: () => Promise<void>;
}

export class ObservedAgents {
  private runs = 0;

  private constructor(
    readonly server: Server,
    private readonly sides: readonly Side[],
  ) {}

  static async start(address: string, namespace: string, fleet: Fleet): Promise<ObservedAgents> {
    quietRuntime();
    await createNamespace(address, namespace);
    await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
    const server = await Server.connect(address, namespace);
    const { workflowsPath, activities, options } = fleet;
    const bundling = new Effects();
    const plugins = [bundling.plugin(options)];
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins, logger: quietRuntime() });
    bundling.remove();
    const side = async (taskQueue: string, maxCachedWorkflows: number): Promise<Side> => {
      const effects = new Effects();
      const worker = await server.worker({
        taskQueue,
        workflowBundle,
        activities,
        maxCachedWorkflows,
        plugins: [effects.plugin(options)],
      });
      const done = worker.run();
      const stop = async () => {
        worker.shutdown();
        await done;
        effects.remove();
      };
      await vi.waitFor(async () => expect(await effects.metric('search_attributes_enabled')).toBe(1));
      return { taskQueue, effects, stop };
    };
    return new ObservedAgents(server, [await side('cached', 100), await side('uncached', 0)]);
  }

  async close(): Promise<void> {
    await Promise.all(this.sides.map(({ stop }) => stop()));
    await this.server.close();
  }

  /**
   * Runs an agent to its end; returns all that was found of it and of its child `<workflow id>-child`, after making sure
   * that both workers found it, and once.
   */
  async findings(workflow: string, args: readonly unknown[], driven: Driven = {}): Promise<readonly FindingRecord[]> {
    this.runs++;
    const [cached = [], uncached = []] = await Promise.all(
      this.sides.map((side) => this.findingsOf(side, workflow, args, driven)),
    );
    const comparable = (findings: readonly FindingRecord[]) =>
      findings.map(({ id, cause, message, evidence, severity }) => ({ id, cause, message, evidence, severity }));
    expect(comparable(uncached)).toEqual(comparable(cached));
    return cached;
  }

  private async findingsOf(side: Side, workflow: string, args: readonly unknown[], { drive, start }: Driven) {
    const { taskQueue, effects } = side;
    const workflowId = `${workflow}-${this.runs}-${taskQueue}`;
    const before = await effects.metric('findings_total');
    const handle = await this.server.client.workflow.start(workflow, {
      workflowId,
      taskQueue,
      args: [...args],
      ...start,
    });
    await drive?.(handle);
    await this.server.client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined);
    const records = await Promise.all(
      [workflowId, `${workflowId}-child`].map((id) => effects.records(this.server.namespace, id)),
    );
    const findings = records.flatMap((of) => of.findings);
    expect(await effects.metric('findings_total')).toBe(before + findings.length);
    expect(effects.internalErrors).toEqual([]);
    return findings.sort((a, b) => namesOf([a, b])[0]?.localeCompare(namesOf([b])[0] ?? '') ?? 0);
  }
}

/** `<id> <cause>` of each finding. */
export function namesOf(findings: readonly FindingRecord[]): string[] {
  return findings.map(({ id, cause }) => `${id} ${cause}`);
}

/** Waits until a run has worked off as many results of activities as that, and has nothing more to do for now. */
export async function untilWaiting(handle: WorkflowHandle, activities: number): Promise<void> {
  const { EVENT_TYPE_ACTIVITY_TASK_COMPLETED, EVENT_TYPE_WORKFLOW_TASK_COMPLETED } = temporal.api.enums.v1.EventType;
  for (;;) {
    const { events = [] } = await handle.fetchHistory();
    const count = (type: temporal.api.enums.v1.EventType) =>
      events?.filter(({ eventType }) => eventType === type).length ?? 0;
    const begun = count(EVENT_TYPE_WORKFLOW_TASK_COMPLETED) > 0;
    const { raw } = await handle.describe();
    if (begun && count(EVENT_TYPE_ACTIVITY_TASK_COMPLETED) >= activities && !raw.pendingWorkflowTask) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
