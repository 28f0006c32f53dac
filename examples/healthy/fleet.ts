import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { DEMO_AGENTS } from '../demo/agents';
import type { DemoEnvironment } from '../demo/environment';

/** Of the time that a fleet has, what the last runs get to come to their end. */
const LAST_RUNS_MS = 10_000;

/** Starts agents of all kinds in turn, evenly over the time, and follows them to their ends. */
export class Fleet {
  started = 0;
  completed = 0;
  readonly failures: string[] = [];

  constructor(
    private readonly environment: DemoEnvironment,
    private readonly runs: number,
    private readonly milliseconds: number,
  ) {}

  /** Resolves when every run has ended and the time is over. */
  async run(signal: AbortSignal): Promise<void> {
    const time = sleep(this.milliseconds, undefined, { signal });
    const every = Math.max(0, this.milliseconds - LAST_RUNS_MS) / this.runs;
    const begin = performance.now();
    const ends: Promise<void>[] = [];
    for (let number = 0; number < this.runs && !signal.aborted; number++) {
      const early = begin + number * every - performance.now();
      if (early > 0) await sleep(early, undefined, { signal });
      ends.push(this.follow(await this.start(number)));
    }
    await Promise.all([...ends, time]);
  }

  private async start(number: number): Promise<WorkflowHandle> {
    const agent = DEMO_AGENTS[number % DEMO_AGENTS.length];
    if (agent === undefined) throw new Error('there are no agents');
    const { client } = this.environment;
    const handle = await agent.start({ client, number, secret: 'none', scripted: true });
    this.started++;
    return handle;
  }

  private async follow(handle: WorkflowHandle): Promise<void> {
    try {
      await handle.result();
      this.completed++;
    } catch (error) {
      this.failures.push(`${handle.workflowId}: ${error instanceof Error ? error.message : error}`);
    }
  }
}
