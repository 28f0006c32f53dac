import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Surroundings, WorkerPorts } from './surroundings';

/** What a worker process is told, as JSON in its first argument. */
export interface WorkerOrder extends WorkerPorts {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly contentDirectory: string;
}

type Place = Pick<WorkerOrder, 'namespace' | 'taskQueue'> & Partial<Pick<WorkerOrder, 'contentDirectory'>>;

/** Starts a module of this folder as a worker process that tells when it is ready. */
export async function startWorker(
  module: string,
  { address, contentDirectory, ports }: Surroundings,
  place: Place,
): Promise<ChildProcess> {
  const order: WorkerOrder = { address, contentDirectory, ...ports(place.namespace), ...place };
  const child = fork(path.join(__dirname, module), [JSON.stringify(order)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the worker of ${place.namespace} ended`);
  });
  await Promise.race([once(child, 'message'), exited]);
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
