/**
 * Workers with the plugin whose workflows ask for approvals, and what a person or a bot does about them.
 *
 * @module
 */

import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { type AgentObservabilityOptions, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import type {
  AcknowledgeApproval,
  ApprovalRefusal,
  ApprovalsView,
  ApprovalView,
  DecideApproval,
} from 'temporal-agent-observability/workflow';
import { vi } from 'vitest';
import { activities } from '../plugin/activities';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

export const IN_TIME = { timeout: 30_000, interval: 30 };

export class Agents {
  readonly effects = new Effects();
  private stopWorker: (() => Promise<void>) | undefined;
  private count = 0;

  private constructor(
    readonly server: Server,
    readonly workflowBundle: WorkflowBundle,
    private readonly options: AgentObservabilityOptions,
  ) {}

  /** A namespace of its own with our attributes, and a worker in it. */
  static async start(address: string, namespace: string, options: AgentObservabilityOptions = {}): Promise<Agents> {
    quietRuntime();
    await createNamespace(address, namespace);
    await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
    const bundling = new Effects();
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: require.resolve('./workflows/index.ts'),
      plugins: [bundling.plugin(options)],
      logger: quietRuntime(),
    });
    bundling.remove();
    const agents = new Agents(await Server.connect(address, namespace), workflowBundle, options);
    await agents.up();
    return agents;
  }

  /** Starts the worker. New runs write attributes from then on, unless `options` say otherwise. */
  async up(more: Partial<WorkerOptions> = {}): Promise<void> {
    const writes = (this.options.mode ?? 'on') === 'on';
    const worker = await this.server.worker({
      taskQueue: 'agents',
      workflowBundle: this.workflowBundle,
      activities,
      // So that the worker after this one need not wait for the server to forget it.
      maxCachedWorkflows: 0,
      plugins: [this.effects.plugin(this.options)],
      ...more,
    });
    const done = worker.run();
    this.stopWorker = async () => {
      this.stopWorker = undefined;
      worker.shutdown();
      await done;
    };
    if (!writes) return;
    await vi.waitFor(async () => {
      if ((await this.effects.metric('search_attributes_enabled')) < 1) throw new Error('no attributes are written');
    }, IN_TIME);
  }

  /** Ends the worker. */
  async down(): Promise<void> {
    await this.stopWorker?.();
  }

  async close(): Promise<void> {
    await this.down();
    await this.server.close();
    this.effects.remove();
  }

  /** A handle that follows the run to those after it. */
  async start(workflow: string, args: readonly unknown[]): Promise<WorkflowHandle> {
    const workflowId = `${workflow}-${++this.count}`;
    const start = { workflowId, taskQueue: 'agents', args: [...args] };
    await this.server.clientWith(this.effects.plugin(this.options)).workflow.start(workflow, start);
    return this.server.client.workflow.getHandle(workflowId);
  }
}

export function approvalsOf(handle: WorkflowHandle): Promise<ApprovalsView> {
  return handle.query<ApprovalsView>('agentApprovals');
}

/** Waits until just these approvals are open, the most urgent first. */
export function untilOpen(handle: WorkflowHandle, ...ids: readonly string[]): Promise<readonly ApprovalView[]> {
  return vi.waitFor(async () => {
    const { open } = await approvalsOf(handle);
    const seen = open.map(({ id }) => id).join();
    if (seen !== ids.join()) throw new Error(`open are: ${seen}`);
    return open;
  }, IN_TIME);
}

export function decide(handle: WorkflowHandle, decision: DecideApproval): Promise<ApprovalView> {
  return handle.executeUpdate<ApprovalView, [DecideApproval]>('agentApprovalDecide', { args: [decision] });
}

export function acknowledge(handle: WorkflowHandle, seen: AcknowledgeApproval): Promise<ApprovalView> {
  return handle.executeUpdate<ApprovalView, [AcknowledgeApproval]>('agentApprovalAcknowledge', { args: [seen] });
}

/** Why an update was refused. */
export async function refusalOf(update: Promise<unknown>): Promise<ApprovalRefusal & { readonly message: string }> {
  try {
    await update;
  } catch (error) {
    const { cause } = error as { cause?: { type?: string; message: string; details?: [ApprovalRefusal] } };
    if (cause?.type !== 'ApprovalRefused' || cause.details === undefined) throw error;
    return { ...cause.details[0], message: cause.message };
  }
  throw new Error('it was not refused');
}

/** What visibility is told of the run's approvals. */
export async function attributesOf(handle: WorkflowHandle): Promise<{ state?: unknown; dueAt?: string }> {
  const { typedSearchAttributes } = await handle.describe();
  const ours = new Map(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  const dueAt = ours.get('AgentApprovalDueAt');
  return {
    ...(ours.has('AgentApprovalState') && { state: ours.get('AgentApprovalState') }),
    ...(dueAt instanceof Date && { dueAt: dueAt.toISOString() }),
  };
}

/** Events of the run that is the latest. */
export async function eventsOf(handle: WorkflowHandle) {
  return (await handle.fetchHistory()).events ?? [];
}

/** Waits until the latest run is another one. */
export function untilNextRun(handle: WorkflowHandle, lastRunId: string): Promise<string> {
  return vi.waitFor(async () => {
    const { runId } = await handle.describe();
    if (runId === lastRunId) throw new Error('the next run has not begun');
    return runId;
  }, IN_TIME);
}
