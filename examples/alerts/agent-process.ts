import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { PatternExample, Variant } from '../patterns/pattern-example';

export interface AgentOrder {
  readonly pattern: PatternExample['pattern'];
  readonly variant: Variant;
  readonly address: string;
  readonly namespace: string;
  readonly contentDirectory: string;
  readonly metricsPort: number;
  readonly coreMetricsPort: number;
}

export type AgentMessage =
  | { readonly shown: string }
  | { readonly outcome: string; readonly findings: readonly string[] };

type Ended = Extract<AgentMessage, { outcome: string }>;

/** A worker in a process of its own, as workers are, so that the next one is a new deploy. */
export class AgentProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Workflow id of the agent. */
    readonly workflowId: string,
  ) {}

  /** Resolves when the agent has shown what it is to show; its worker runs on. */
  static async start(order: AgentOrder): Promise<AgentProcess> {
    const child = fork(path.join(__dirname, 'agent.ts'), [JSON.stringify(order)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const message = await next(child);
    if (!('shown' in message)) throw new Error(`the agent ended at once: ${message.outcome}`);
    return new AgentProcess(child, message.shown);
  }

  /** Lets the agent and its worker end. */
  async end(): Promise<Ended> {
    this.child.send('end');
    const message = await next(this.child);
    if (!('outcome' in message)) throw new Error('the agent has shown twice what it is to show');
    return message;
  }
}

async function next(child: ChildProcess): Promise<AgentMessage> {
  const exited = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the worker process ended with ${signal ?? `exit code ${code}`}`);
  });
  const message = once(child, 'message').then(([value]) => value as AgentMessage);
  return Promise.race([message, exited]);
}
