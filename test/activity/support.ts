/**
 * A worker with the plugin, whose one workflow calls the activity that a test asks for.
 *
 * @module
 */

import type { ActivityOptions } from '@temporalio/common';
import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';
import type { AgentIdentity, AgentObservabilityOptions, AgentObservabilityPlugin } from 'temporal-agent-observability';
import { withAgentTask } from 'temporal-agent-observability';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';

const taskQueue = 'activities';

interface How {
  readonly times?: number;
  /** Default: 1; 0 for no bound. */
  readonly attempts?: number;
  readonly local?: boolean;
  /** Beyond what all calls have. */
  readonly options?: ActivityOptions;
}

interface MoreOptions {
  readonly plugin?: AgentObservabilityOptions;
  readonly worker?: Partial<WorkerOptions>;
}

export class ActivityWorker {
  readonly effects = new Effects();
  readonly plugin: AgentObservabilityPlugin;
  private runs = 0;

  private constructor(
    readonly server: Server,
    options: AgentObservabilityOptions,
    private readonly stop: () => Promise<void>,
  ) {
    this.plugin = this.effects.plugin(options);
  }

  static async start(
    address: string,
    namespace: string,
    activities: NonNullable<WorkerOptions['activities']>,
    more: MoreOptions = {},
  ): Promise<ActivityWorker> {
    quietRuntime();
    await createNamespace(address, namespace);
    const server = await Server.connect(address, namespace);
    let stop = async () => {};
    const started = new ActivityWorker(server, more.plugin ?? {}, () => stop());
    const { plugin } = started;
    const workflowsPath = require.resolve('./workflows/index.ts');
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins: [plugin], logger: quietRuntime() });
    const worker = await server.worker({ taskQueue, workflowBundle, activities, plugins: [plugin], ...more.worker });
    const done = worker.run();
    stop = async () => {
      stop = async () => {};
      worker.shutdown();
      await done;
    };
    return started;
  }

  /** Ends the worker alone. */
  async shutDown(): Promise<void> {
    await this.stop();
  }

  async close(): Promise<void> {
    await this.shutDown();
    await this.server.close();
    this.effects.remove();
  }

  /** Lets a workflow call an activity; tells how it ended and what was recorded of it. */
  call(name: string, args: readonly unknown[] = [], how: How = {}, task: AgentIdentity = {}) {
    return this.execute('call', [name, args, how], task);
  }

  async execute(workflow: string, args: readonly unknown[], task: AgentIdentity = {}) {
    const workflowId = `${workflow}-${++this.runs}`;
    const client = this.server.clientWith(this.plugin);
    const handle = await withAgentTask(task, () =>
      client.workflow.start(workflow, { workflowId, taskQueue, args: [...args] }),
    );
    const ended = await handle.result().then(
      (result: unknown) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    );
    const { records, findings } = await this.effects.records(this.server.namespace, workflowId);
    return { workflowId, runId: handle.firstExecutionRunId, ...ended, records, findings };
  }
}
