/**
 * Workers in this process, and what they say.
 *
 * @module
 */

import { DefaultLogger, type NativeConnection, Worker } from '@temporalio/worker';
import { type AgentObservabilityOptions, AgentObservabilityPlugin } from 'temporal-agent-observability';
import { onTestFinished, vi } from 'vitest';
import { createActivities } from './activities';
import type { LogLine } from './worker-process';

const IN_TIME = { timeout: 30_000, interval: 50 };

export interface RunningWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  /** File with a workflow bundle. */
  readonly bundle: string;
  /** Options of the plugin; a worker without the plugin when left out. */
  readonly plugin?: AgentObservabilityOptions;
}

export interface RunningWorker {
  /** What the plugin says. */
  readonly log: readonly LogLine[];
  /** Waits until new runs write search attributes. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a worker for one test. It keeps no workflow in a cache, so that whoever comes after it need not wait. */
export async function startWorker({
  connection,
  namespace,
  taskQueue,
  ...rest
}: RunningWorkerOptions): Promise<RunningWorker> {
  const { bundle, plugin } = rest;
  const log: LogLine[] = [];
  const logger = new DefaultLogger('INFO', ({ level, message, meta = {} }) => log.push({ level, message, meta }));
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    maxCachedWorkflows: 0,
    workflowBundle: { codePath: bundle },
    activities: createActivities(),
    plugins: plugin === undefined ? [] : [new AgentObservabilityPlugin({ logger, ...plugin })],
  });
  const done = worker.run();
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await done;
  };
  onTestFinished(stop);
  return {
    log,
    open: () =>
      vi.waitFor(() => {
        if (!log.some(({ message }) => message === WRITES)) throw new Error('new runs do not write search attributes');
      }, IN_TIME),
    stop,
  };
}

export const WRITES = 'Agent observability: new runs write search attributes';
