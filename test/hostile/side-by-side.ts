/**
 * The same agent with and without the plugin, to compare what it comes to.
 *
 * @module
 */

import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { type AgentObservabilityPlugin, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { expect, vi } from 'vitest';
import { type Effects, Server } from '../plugin/observed';
import { isOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';

/** What the user of an agent sees of it. */
interface Seen {
  readonly result: unknown;
  /** Types of the events of its history, without ours. */
  readonly events: readonly unknown[];
}

interface Run {
  readonly arg: string;
  readonly options: Partial<WorkerOptions>;
}

export class SideBySide {
  private runs = 0;

  private constructor(
    readonly server: Server,
    private readonly plain: WorkflowBundle,
    private readonly observed: WorkflowBundle,
  ) {}

  static async prepare(address: string, namespace: string, plugin: AgentObservabilityPlugin): Promise<SideBySide> {
    quietRuntime();
    await createNamespace(address, namespace);
    await registerSearchAttributes(address, namespace, SEARCH_ATTRIBUTES);
    const workflowsPath = require.resolve('./workflows/index.ts');
    const logger = quietRuntime();
    const plain = await bundleWorkflowCode({ workflowsPath, logger });
    const observed = await bundleWorkflowCode({ workflowsPath, logger, plugins: [plugin] });
    return new SideBySide(await Server.connect(address, namespace), plain, observed);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /**
   * Runs the agent without and with the plugin, and expects no difference.
   *
   * @param ready what to wait for before the observed agent starts
   * @returns the observed agent's workflow id
   */
  async compare({ arg, options }: Run, plugin: AgentObservabilityPlugin, ready?: () => Promise<void>): Promise<string> {
    const pair = ++this.runs;
    const without = await this.run(`plain-${pair}`, arg, { ...options, workflowBundle: this.plain });
    const observed = { ...options, workflowBundle: this.observed, plugins: [plugin] };
    expect(await this.run(`observed-${pair}`, arg, observed, ready)).toEqual(without);
    return `observed-${pair}`;
  }

  private async run(
    id: string,
    arg: string,
    options: Partial<WorkerOptions>,
    ready?: () => Promise<void>,
  ): Promise<Seen> {
    return this.server.during({ taskQueue: id, ...options }, async () => {
      await ready?.();
      const start = { workflowId: id, taskQueue: id, args: [arg] };
      const handle = await this.server.client.workflow.start('agent', start);
      const result: unknown = await handle.result().catch((error: Error) => `${error.name} ${String(error.cause)}`);
      const { events } = await handle.fetchHistory();
      return { result, events: (events ?? []).filter((event) => !isOurs(event)).map(({ eventType }) => eventType) };
    });
  }
}

/** Waits until new runs write attributes, so that observing is at its fullest. */
export function gateIsOpen(effects: Effects) {
  return () => vi.waitFor(async () => expect(await effects.metric('search_attributes_enabled')).toBe(1));
}
