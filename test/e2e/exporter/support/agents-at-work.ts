/**
 * Agents of an application with the plugin, on a real server, and the exporters that watch them.
 *
 * @module
 */

import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import {
  type AgentObservabilityOptions,
  AgentObservabilityPlugin,
  SEARCH_ATTRIBUTES,
  withAgentTask,
} from 'temporal-agent-observability';
import { expect, onTestFinished, vi } from 'vitest';
import type { ExpectedConfig, TaskTypeConfig } from '#lib/exporter/config';
import { connect, FAST, type RunningExporter, runExporter, SOON } from '../../../exporter/support';
import { bundleAgents } from '../../../rollout/support/bundles';
import { startWorkerProcess, type WorkerProcess } from '../../../rollout/support/worker-process';
import { type RunningWorker, startWorker, WRITES } from '../../../rollout/support/workers';
import { createNamespace, registerSearchAttributes } from '../../../support/temporal-server';
import type * as workflows from './workflows';

const TASK_QUEUE = 'agents';
const PLUGIN: AgentObservabilityOptions = { content: 'off', metrics: 'off' };

type Workflows = typeof workflows;
type WorkflowName = 'worksUntilTold' | 'worksOn' | 'asks' | 'delegates';

export interface WatchingExporter extends RunningExporter {
  /** Gauges, by name and labels, after two polls from now on. */
  afterTwoPolls(): Promise<Readonly<Record<string, number>>>;
}

export class AgentsAtWork {
  private constructor(
    readonly address: string,
    readonly namespace: string,
    private readonly bundle: string,
    private readonly native: NativeConnection,
    readonly client: Client,
  ) {}

  static async prepare(address: string, namespace: string): Promise<AgentsAtWork> {
    await createNamespace(address, namespace);
    await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
    const bundle = await bundleAgents(PLUGIN, require.resolve('./workflows.ts'));
    const native = await NativeConnection.connect({ address });
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace, plugins: [new AgentObservabilityPlugin(PLUGIN)] });
    return new AgentsAtWork(address, namespace, bundle, native, client);
  }

  async close(): Promise<void> {
    await this.client.connection.close();
    await this.native.close();
  }

  /** A worker in this process, until the test is over or it is stopped. */
  async startWorker(): Promise<RunningWorker> {
    const { native: connection, namespace, bundle } = this;
    const worker = await startWorker({ connection, namespace, taskQueue: TASK_QUEUE, bundle, plugin: PLUGIN });
    await worker.open();
    return worker;
  }

  /** A worker that can be killed. */
  async startWorkerProcess(): Promise<WorkerProcess> {
    const { address, namespace, bundle } = this;
    const options = { address, namespace, taskQueue: TASK_QUEUE, bundle, plugin: PLUGIN };
    const worker = await startWorkerProcess({ ...options, worker: { maxCachedWorkflows: 0 } });
    onTestFinished(() => worker.stop());
    await worker.logged(WRITES);
    return worker;
  }

  start<N extends WorkflowName>(
    workflow: N,
    workflowId: string,
    taskType: string,
    ...args: Parameters<Workflows[N]>
  ): Promise<WorkflowHandle> {
    const options = { workflowId, taskQueue: TASK_QUEUE, args: [...args] };
    return withAgentTask({ taskType }, () => this.client.workflow.start<Workflow>(workflow, options));
  }

  /** Tells an agent to end and waits until it has. */
  async end(...workflowIds: readonly string[]): Promise<void> {
    for (const workflowId of workflowIds) {
      const handle = this.client.workflow.getHandle(workflowId);
      await handle.signal('end');
      await handle.result();
    }
  }

  /** Ends whatever a test has left open. */
  async terminateAll(): Promise<void> {
    for await (const { workflowId } of this.client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      // It may have ended together with its parent.
      await this.client.workflow
        .getHandle(workflowId)
        .terminate()
        .catch(() => {});
    }
    await this.shown(0, "ExecutionStatus = 'Running'");
  }

  /** Waits until visibility shows so many runs; conditions on time can be given as a function. */
  async shown(count: number, condition: string | (() => string)): Promise<void> {
    await vi.waitFor(async () => {
      const query = typeof condition === 'string' ? condition : condition();
      expect({ query, count: (await this.client.workflow.count(query)).count }).toEqual({ query, count });
    }, SOON);
  }

  /** What visibility shows of an agent in one of its attributes, in seconds. */
  async seconds(workflowId: string, attribute: 'AgentTaskStartedAt' | 'AgentApprovalDueAt'): Promise<number> {
    const { searchAttributes } = await this.client.workflow.getHandle(workflowId).describe();
    const [value] = searchAttributes[attribute] ?? [];
    return value instanceof Date ? value.getTime() / 1000 : Number.NaN;
  }

  /** An exporter until the test is over. */
  exporter(
    taskTypes: Readonly<Record<string, TaskTypeConfig>> = {},
    expected: Partial<ExpectedConfig> = {},
  ): WatchingExporter {
    const running = runExporter(this.namespace, {
      connection: connect(this.address),
      config: { ...FAST, taskTypes, expected: { ...FAST.expected, ...expected } },
    });
    const afterTwoPolls = async () => {
      // A poll that is under way may have asked before; the one after it has not.
      await running.polls(2);
      return gaugesOf(await running.read());
    };
    return { ...running, afterTwoPolls };
  }
}

const GAUGE = /^(workflows?|approvals?)_(running|overdue|expected|oldest|open|orphaned|tasks_failing)/;

/** What is told about agents, and not about the exporter. */
function gaugesOf(samples: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...samples].filter(([sample]) => GAUGE.test(sample)));
}
