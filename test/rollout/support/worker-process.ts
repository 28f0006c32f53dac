/**
 * Workers in processes of their own: they can be killed, and one process sees its own log alone.
 *
 * @module
 */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { WorkerOptions } from '@temporalio/worker';
import type { AgentObservabilityOptions } from 'temporal-agent-observability';

export interface WorkerProcessOptions {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** File with a workflow bundle. */
  readonly bundle: string;
  /** Options of the plugin; a worker without the plugin when left out. */
  readonly plugin?: AgentObservabilityOptions;
  /** Further options of the worker, as JSON can carry them. */
  readonly worker?: Partial<WorkerOptions>;
  /** Workers in the process; 1 when left out. */
  readonly workers?: number;
  /** Activity attempt of this process, from 1, that begins and never ends. */
  readonly holdAttempt?: number;
  /** The process ends by SIGKILL so long after the so manieth attempt has returned, its record written. */
  readonly killAfter?: { readonly attempt: number; readonly milliseconds: number };
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

export type FromWorker =
  | { readonly kind: 'running' | 'held' }
  | ({ readonly kind: 'log' } & LogLine)
  | { readonly kind: 'begun'; readonly activityType: string };

export interface WorkerProcess {
  /** Log lines so far, Temporal's own from WARN on. */
  readonly log: readonly LogLine[];
  /** Activity types of the attempts that began so far. */
  readonly begun: readonly string[];
  /** As in the events of histories. */
  readonly identity: string;
  readonly ended: Promise<unknown>;
  /** Waits until the attempt of `holdAttempt` has begun. */
  held(): Promise<void>;
  /** Waits for a log line. */
  logged(message: string): Promise<LogLine>;
  /** Shuts the worker down as its operator would. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}

/** Starts a worker and waits until it runs. */
export async function startWorkerProcess(options: WorkerProcessOptions): Promise<WorkerProcess> {
  const child = fork(require.resolve('./worker-main.ts'), [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
  const ended = once(child, 'exit');
  const log: LogLine[] = [];
  const begun: string[] = [];
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'log') log.push(message);
    if (message.kind === 'begun') begun.push(message.activityType);
  });
  await message(child, ended, ({ kind }) => kind === 'running');
  const held = options.holdAttempt && message(child, ended, ({ kind }) => kind === 'held');
  return {
    log,
    begun,
    ended,
    identity: identityOf(options),
    async held() {
      await held;
    },
    async logged(text) {
      const found = () => log.find((line) => line.message === text);
      if (found() === undefined) await message(child, ended, (m) => m.kind === 'log' && m.message === text);
      return found() as LogLine;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Tells workers apart in histories. */
export function identityOf({ plugin, taskQueue }: Pick<WorkerProcessOptions, 'plugin' | 'taskQueue'>): string {
  return `${plugin === undefined ? 'plain' : 'observed'}@${taskQueue}`;
}

function message(
  child: ChildProcess,
  ended: Promise<unknown>,
  matches: (message: FromWorker) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (received: FromWorker) => {
      if (matches(received)) resolve();
    });
    void ended.then(() => reject(new Error('the worker process ended')));
  });
}
