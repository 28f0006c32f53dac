/**
 * A namespace of the shared server with agents that wait for people, and a worker that can come and go.
 *
 * @module
 */

import { Client, type WorkflowHandle } from '@temporalio/client';
import { type DataConverter, defineSearchAttributeKey } from '@temporalio/common';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { type AgentObservabilityPlugin, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { ApprovalClient, startAgent } from 'temporal-agent-observability/client';
import type { RequestApprovalOptions } from 'temporal-agent-observability/workflow';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

type Agent = keyof typeof import('./agents');

/** Due in an hour unless it says otherwise. */
export type Request = Partial<RequestApprovalOptions> & { readonly id: string };

export class Office {
  readonly approvals: ApprovalClient;
  private readonly effects = new Effects();
  private readonly plugin = this.effects.plugin();
  private bundle: WorkflowBundleOption | undefined;
  private stop: (() => Promise<void>) | undefined;
  private started = 0;

  private constructor(
    readonly server: Server,
    private readonly dataConverter: DataConverter,
  ) {
    this.approvals = new ApprovalClient(this.client());
  }

  static async open(address: string, namespace: string, dataConverter: DataConverter = {}): Promise<Office> {
    quietRuntime();
    await createNamespace(address, namespace);
    await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
    const office = new Office(await Server.connect(address, namespace), dataConverter);
    await office.startWorker();
    return office;
  }

  async startWorker(): Promise<void> {
    this.bundle ??= await bundleWorkflowCode({
      workflowsPath: require.resolve('./agents.ts'),
      plugins: [this.plugin],
      logger: quietRuntime(),
    });
    const options = { workflowBundle: this.bundle, plugins: [this.plugin], dataConverter: this.dataConverter };
    const worker = await this.server.worker({ taskQueue: 'office', ...options });
    const done = worker.run();
    this.stop = async () => {
      worker.shutdown();
      await done;
    };
  }

  async stopWorker(): Promise<void> {
    await this.stop?.();
    this.stop = undefined;
  }

  /** Starts an agent that asks for these. */
  async start(agent: Agent, requests: readonly Request[], taskType: string = agent): Promise<WorkflowHandle> {
    const workflowId = `${agent}-${++this.started}`;
    const args = requests.map((request) => ({ timeout: '1 hour', ...request }));
    const agentTask = { taskType };
    return startAgent(this.client(this.plugin), agent, { workflowId, taskQueue: 'office', args, agentTask });
  }

  /** Starts a run that visibility shows as waiting for an approval, on a task queue without a worker. */
  async startUnattended(workflowId: string, taskType: string, dueAt: Date): Promise<void> {
    await this.server.client.workflow.start('agent', {
      workflowId,
      taskQueue: 'nobody',
      typedSearchAttributes: [
        { key: defineSearchAttributeKey('AgentTaskType', 'KEYWORD'), value: taskType },
        { key: defineSearchAttributeKey('AgentApprovalState', 'KEYWORD'), value: 'submitted' },
        { key: defineSearchAttributeKey('AgentApprovalDueAt', 'DATETIME'), value: dueAt },
      ],
    });
  }

  private client(...plugins: AgentObservabilityPlugin[]): Client {
    const { connection, options } = this.server.client;
    return new Client({ connection, namespace: options.namespace, plugins, dataConverter: this.dataConverter });
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.server.close();
    this.effects.remove();
  }
}

/** The error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
