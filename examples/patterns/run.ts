import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { AgentObservabilityPlugin } from 'temporal-agent-observability';
import type { FindingLog, LoggedFinding } from './finding-log';
import type { ExampleAgent, PatternExample, Variant } from './pattern-example';
import { openSurroundings, type RunOptions, type Surroundings } from './surroundings';

/** Longest that one agent may take. A healthy one needs a few seconds. */
const TIMEOUT_MS = 60_000;

export interface ExampleRun {
  readonly workflowId: string;
  /** How the run ended; one that does not end by itself is terminated when all was found. */
  readonly outcome: string;
  readonly findings: readonly LoggedFinding[];
  /** Errors inside the observer, of which there must be none. */
  readonly internalErrors: number;
}

let runs = 0;

/**
 * Runs one agent of the gallery to its end on a worker of its own, and says what was found.
 *
 * The process must have installed Temporal's `Runtime` with `runtimeOptions()`: pattern 7 is found in the log of Core.
 */
export async function runExample(example: PatternExample, variant: Variant, options: RunOptions): Promise<ExampleRun> {
  const agent = example[variant];
  const workflowId = `${example.directory}/${variant}-${Date.now()}-${++runs}`;
  const cleanups: (() => Promise<unknown>)[] = [];
  try {
    const surroundings = await openSurroundings(example, agent, workflowId, options, cleanups);
    const outcome = await run(example, agent, workflowId, surroundings, options.shown);
    const { log, internalErrors } = surroundings;
    return { workflowId, outcome, findings: log.findings, internalErrors: await internalErrors() };
  } finally {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  }
}

/** The worker is stopped before this resolves: it has then told all that it found. */
async function run(
  example: PatternExample,
  agent: ExampleAgent,
  workflowId: string,
  { client, plugin, worker, log }: Surroundings,
  shown?: RunOptions['shown'],
): Promise<string> {
  const start = () =>
    client.workflow.start(example.workflowType, {
      workflowId,
      taskQueue: worker.taskQueue,
      args: [...example.args],
    });
  let handle: WorkflowHandle | undefined;
  if (agent.deployedBefore !== undefined) {
    const before = { ...worker, workflowsPath: agent.deployedBefore, maxCachedWorkflows: 0 };
    handle = await whileRunning(before, async () => {
      const started = await start();
      await untilWaiting(started);
      return started;
    });
  }
  return whileRunning({ ...worker, ...(await workflowCode(agent, plugin)) }, async () => {
    const running = handle ?? (await start());
    const outcome = await end(running, example, agent, log, client, shown);
    if (!agent.endless) await shown?.(workflowId);
    return outcome;
  });
}

async function whileRunning<T>(options: WorkerOptions, use: () => Promise<T>): Promise<T> {
  const worker = await Worker.create(options);
  return worker.runUntil(use);
}

async function workflowCode(agent: ExampleAgent, plugin: AgentObservabilityPlugin): Promise<Partial<WorkerOptions>> {
  if (agent.bundle === undefined) return { workflowsPath: agent.workflowsPath };
  return { workflowBundle: await agent.bundle(plugin) };
}

/** Lets the run come to its end, or ends it when it showed what it was to show. */
async function end(
  handle: WorkflowHandle,
  { meanwhile }: PatternExample,
  agent: ExampleAgent,
  log: FindingLog,
  client: Client,
  shown: RunOptions['shown'],
): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const outcome = handle.result().then(
    () => 'completed',
    (error: unknown) => describe(error),
  );
  await Promise.race([meanwhile?.(handle, client), sleep(TIMEOUT_MS, undefined, { ref: false })]);
  await log.untilFound(agent.findings.length, timeout);
  if (agent.endless) {
    await shown?.(handle.workflowId);
    await handle.terminate('the example has shown what it was to show');
  }
  const ended = await Promise.race([outcome, sleep(TIMEOUT_MS, undefined, { ref: false })]);
  if (ended !== undefined) return ended;
  await handle.terminate('the example takes too long');
  return `still running after ${TIMEOUT_MS / 1000} s`;
}

/** Waits until the agent says that it waits for somebody. */
export async function untilWaiting(handle: WorkflowHandle): Promise<void> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  while (!timeout.aborted) {
    // Before its first task it has no handler.
    const waiting = await handle.query<boolean>('isWaiting').catch(() => false);
    if (waiting) return;
    await sleep(50);
  }
  throw new Error(`${handle.workflowId} does not wait for anybody`);
}

function describe(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error && messages.length < 4; cause = cause.cause)
    messages.push(cause.message);
  return messages.join(': ');
}
