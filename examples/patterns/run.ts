import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { type Logger, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { startProviderServer } from '../provider-server';
import { FindingLog, type LoggedFinding } from './finding-log';
import type { ModelSettings } from './models';
import type { ExampleAgent, PatternExample, Variant } from './pattern-example';

/** Longest that one agent may take. A healthy one needs a few seconds. */
const TIMEOUT_MS = 60_000;

export interface RunOptions {
  /** Host and port of Temporal. */
  readonly address: string;
  /** @default 'default' */
  readonly namespace?: string;
  /** Where records and contents go; a temporary directory, removed at the end, when left out. */
  readonly contentDirectory?: string;
  /** For what is no finding. */
  readonly logger: Logger;
  /**
   * Runs that the worker keeps in memory; with 0 it replays history for each task.
   *
   * @default Temporal's
   */
  readonly maxCachedWorkflows?: number;
}

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
  const cleanups: (() => Promise<unknown>)[] = [];
  try {
    return await run(example, variant, options, cleanups);
  } finally {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  }
}

async function run(
  example: PatternExample,
  variant: Variant,
  { address, namespace = 'default', contentDirectory, logger, maxCachedWorkflows }: RunOptions,
  cleanups: (() => Promise<unknown>)[],
): Promise<ExampleRun> {
  const agent = example[variant];
  const log = new FindingLog(logger);
  const registry = new Registry();
  const temporary = await mkdtemp(path.join(tmpdir(), 'agent-patterns-'));
  cleanups.push(() => rm(temporary, { recursive: true, force: true }));
  const plugin = new AgentObservabilityPlugin({
    content: contentDirectory ?? path.join(temporary, 'records'),
    metrics: { registry },
    logger: log,
    ...(example.thresholds && { thresholds: example.thresholds }),
  });
  const provider = await startProviderServer();
  cleanups.push(() => provider.close());
  const connection = await NativeConnection.connect({ address });
  cleanups.push(() => connection.close());
  const dataConverter = agent.dataConverter?.(path.join(temporary, 'payloads'));
  const clientConnection = await Connection.connect({ address });
  cleanups.push(() => clientConnection.close());
  const client = new Client({
    connection: clientConnection,
    namespace,
    plugins: [plugin],
    ...(dataConverter && { dataConverter }),
  });

  const workflowId = `${example.directory}/${variant}-${Date.now()}-${++runs}`;
  const worker: WorkerOptions = {
    connection,
    namespace,
    taskQueue: workflowId,
    activities: agent.activities(modelSettings(provider.url)),
    plugins: [plugin],
    ...(dataConverter && { dataConverter }),
    ...(maxCachedWorkflows !== undefined && { maxCachedWorkflows }),
  };
  const start = () =>
    client.workflow.start(example.workflowType, { workflowId, taskQueue: workflowId, args: [...example.args] });

  let handle: WorkflowHandle | undefined;
  if (agent.deployedBefore !== undefined) {
    const before = await startWorker({ ...worker, workflowsPath: agent.deployedBefore, maxCachedWorkflows: 0 });
    try {
      handle = await start();
      await untilWaiting(handle);
    } finally {
      await before();
    }
  }
  const stop = await startWorker({ ...worker, ...(await workflowCode(agent, plugin)) });
  let outcome: string;
  try {
    handle ??= await start();
    outcome = await end(handle, example, agent, log, client);
  } finally {
    await stop();
  }
  return { workflowId, outcome, findings: log.findings, internalErrors: await internalErrors(registry) };
}

async function startWorker(options: WorkerOptions): Promise<() => Promise<void>> {
  const worker = await Worker.create(options);
  const running = worker.run();
  return async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  };
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
): Promise<string> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const outcome = handle.result().then(
    () => 'completed',
    (error: unknown) => describe(error),
  );
  const events = meanwhile?.(handle, client);
  await Promise.race([events, sleep(TIMEOUT_MS, undefined, { ref: false })]);
  await log.untilFound(agent.findings.length, timeout);
  if (agent.endless) await handle.terminate('the example has shown what it was to show');
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

function modelSettings(url: string): ModelSettings {
  return { openai: { apiKey: 'local', baseURL: `${url}/v1` }, anthropic: { apiKey: 'local', baseURL: url } };
}

function describe(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error && messages.length < 4; cause = cause.cause)
    messages.push(cause.message);
  return messages.join(': ');
}

async function internalErrors(registry: Registry): Promise<number> {
  const metric = await registry.getSingleMetric('temporal_agent_observer_errors_total')?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}
