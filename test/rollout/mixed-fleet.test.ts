import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { type AgentObservabilityOptions, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { bundleAgents } from './support/bundles';
import { type RunStory, storyOf, untilCompleted } from './support/runs';
import {
  type LogLine,
  startWorkerProcess,
  type WorkerProcess,
  type WorkerProcessOptions,
} from './support/worker-process';
import { WRITES } from './support/workers';

const NAMESPACE = 'mixed-fleet';
/** How long a run may take while some of its tasks go to a worker that cannot serve them. */
const RUN_TIMEOUT_MS = 120_000;
const NOTHING_ELSE: AgentObservabilityOptions = { content: 'off', metrics: 'off' };
const DOCS = readFileSync(path.join(__dirname, '..', '..', 'docs', 'rollout.md'), 'utf8');

const REASON =
  '[TMPRL1100] Nondeterminism error: Non-deprecated patch marker encountered for change ' +
  'temporal-agent-observability/sa-v1, but there is no corresponding change command!';
const WARNING = `Failing workflow task: ${REASON}`;
const FAILING_RUN = 'Failing workflow due to nondeterminism error';
const FAILURE_TYPES = 'Agent observability: workflowFailureErrorTypes includes non-determinism';

const address = inject('temporalAddress');
let plain: string;
let observed: string;
let client: Client;

beforeAll(async () => {
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  [plain, observed] = await Promise.all([bundleAgents(), bundleAgents(NOTHING_ELSE)]);
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
});

afterAll(() => client?.connection.close());

/** Starts workers that keep no workflow in a cache, so that each of its tasks can go to any of them. */
async function start(
  options: Pick<WorkerProcessOptions, 'taskQueue' | 'plugin' | 'worker' | 'workers'>,
): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({
    address,
    namespace: NAMESPACE,
    bundle: options.plugin === undefined ? plain : observed,
    ...options,
    worker: { maxCachedWorkflows: 0, ...options.worker },
  });
  onTestFinished(() => worker.stop());
  return worker;
}

/** Runs agents to their end, all at once, and tells what became of them. */
async function runAgents(taskQueue: string): Promise<RunStory[]> {
  const runs = Array.from({ length: 8 }, async (_, number) => {
    const workflowId = `${taskQueue}-${number}`;
    await client.workflow.execute('agent', {
      workflowId,
      taskQueue,
      args: [4],
      workflowTaskTimeout: '2 seconds',
      workflowRunTimeout: RUN_TIMEOUT_MS,
    });
    return storyOf(client, workflowId);
  });
  return Promise.all(runs);
}

const warnings = ({ log }: WorkerProcess): LogLine[] => log.filter(({ level }) => level !== 'INFO');

/** What the worker warned of, each thing once: the line and the reason within. */
function warned(worker: WorkerProcess): string[] {
  const lines = warnings(worker).map(({ message, meta }) => {
    const reason = /message: "(.*?)"/.exec(String(meta?.failure))?.[1];
    return `${message}: ${reason}`;
  });
  return [...new Set(lines)];
}

const failedBy = (runs: readonly RunStory[]) => new Set(runs.flatMap(({ tasksFailed }) => tasksFailed));

test('with the gate closed workers with and without the plugin serve the same runs, and nothing fails', async () => {
  const taskQueue = 'closed';
  const [withPlugin, without] = await Promise.all([
    start({ taskQueue, plugin: { ...NOTHING_ELSE, mode: 'drain' } }),
    start({ taskQueue }),
  ]);
  const runs = await runAgents(taskQueue);
  expect(runs.filter(({ written, upserts }) => written || upserts > 0)).toEqual([]);
  expect(failedBy(runs)).toEqual(new Set());
  expect(runs.filter(({ servedBy }) => servedBy.length === 2).length).toBeGreaterThan(0);
  expect([...warnings(withPlugin), ...warnings(without)]).toEqual([]);
});

test('with the gate open and workflows in caches every run ends', async () => {
  const taskQueue = 'open-cached';
  const worker = { maxCachedWorkflows: 100 };
  const [withPlugin] = await Promise.all([
    start({ taskQueue, worker, plugin: NOTHING_ELSE }),
    start({ taskQueue, worker }),
  ]);
  await withPlugin.logged(WRITES);
  const runs = await runAgents(taskQueue);
  const written = runs.filter((run) => run.written);
  expect(written.length).toBeGreaterThan(0);
  for (const { servedBy } of written) expect(servedBy).toEqual([withPlugin.identity]);
  expect(DOCS).toContain(WRITES);
});

test('with the gate open and no caches every run ends, and a worker without the plugin logs what the docs say', {
  timeout: RUN_TIMEOUT_MS + 30_000,
}, async () => {
  const taskQueue = 'open';
  const [withPlugin, without] = await Promise.all([
    // The server takes ever longer to give a task out again. One to one, that can go wrong many times in a row.
    start({ taskQueue, plugin: NOTHING_ELSE, workers: 5 }),
    start({ taskQueue }),
  ]);
  await withPlugin.logged(WRITES);
  const runs = await runAgents(taskQueue);
  expect(runs.filter(({ written }) => written).length).toBeGreaterThan(0);
  expect(failedBy(runs)).toEqual(new Set([without.identity]));
  expect(warnings(withPlugin)).toEqual([]);
  expect(warned(without)).toEqual([WARNING]);
  expect(DOCS).toContain(WARNING);
});

test('a written run waits for a worker with the plugin where there is none', async () => {
  const taskQueue = 'rolled-back';
  const workflowId = 'rolled-back';
  const before = await start({ taskQueue, plugin: NOTHING_ELSE });
  await before.logged(WRITES);
  const handle = await client.workflow.start('waitingAgent', {
    workflowId,
    taskQueue,
    workflowTaskTimeout: '2 seconds',
  });
  expect(await untilCompleted(client, workflowId, 2)).toMatchObject({ written: true });
  await before.stop();

  const without = await start({ taskQueue });
  await handle.signal('proceed');
  await without.logged('Failing workflow task');
  expect((await handle.describe()).status.name).toBe('RUNNING');
  await without.stop();
  await start({ taskQueue, plugin: { ...NOTHING_ELSE, mode: 'drain' } });
  await handle.result();
  expect(await storyOf(client, workflowId)).toMatchObject({ activitiesCompleted: 4, tasksFailed: [without.identity] });
});

test('a worker without the plugin fails a written run when its workflowFailureErrorTypes say so', async () => {
  const taskQueue = 'failure-types';
  const workflowId = 'failure-types';
  const withPlugin = await start({ taskQueue, plugin: NOTHING_ELSE });
  await withPlugin.logged(WRITES);
  const handle = await client.workflow.start('waitingAgent', { workflowId, taskQueue });
  expect(await untilCompleted(client, workflowId, 2)).toMatchObject({ written: true });
  await withPlugin.stop();

  const without = await start({ taskQueue, worker: { workflowFailureErrorTypes: { '*': ['NondeterminismError'] } } });
  await handle.signal('proceed');
  const failure = await handle.result().catch((error) => error);
  expect(failure).toBeInstanceOf(WorkflowFailedError);
  expect(failure.cause.message).toBe(REASON);
  await without.logged(FAILING_RUN);
  expect(DOCS).toContain(FAILING_RUN);
});

test('a worker with the plugin warns at start of workflowFailureErrorTypes that include non-determinism', async () => {
  const workflowFailureErrorTypes = { '*': [], careful: ['NondeterminismError'], other: ['Refused'] };
  const worker = await start({ taskQueue: 'warned', plugin: NOTHING_ELSE, worker: { workflowFailureErrorTypes } });
  const line = await worker.logged(FAILURE_TYPES);
  expect(line).toMatchObject({ level: 'WARN', meta: { workflowTypes: 'careful' } });
  expect(String(line.meta?.hint)).toContain('docs/rollout.md');
  expect(DOCS).toContain(FAILURE_TYPES);
});
