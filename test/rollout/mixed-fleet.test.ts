import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { type AgentObservabilityOptions, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { bundleAgents } from './support/bundles';
import { type RunStory, storyOf, untilCompleted } from './support/runs';
import { type LogLine, startWorkerProcess, type WorkerProcess, type WorkerProcessOptions } from './support/worker-process';
import { WRITES } from './support/workers';

const NAMESPACE = 'mixed-fleet';
const NOTHING_ELSE: AgentObservabilityOptions = { content: 'off', metrics: 'off' };
const DOCS = readFileSync(path.join(__dirname, '..', '..', 'docs', 'rollout.md'), 'utf8');

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

/** No worker keeps workflows in a cache, so that every task goes to either. */
async function start(
  options: Pick<WorkerProcessOptions, 'taskQueue' | 'plugin' | 'worker'>,
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

/** Runs agents to their end, so many at once, and tells what became of them. */
async function runAgents(taskQueue: string, count: number): Promise<RunStory[]> {
  const runs = Array.from({ length: count }, async (_, number) => {
    const workflowId = `${taskQueue}-${number}`;
    await client.workflow.execute('agent', { workflowId, taskQueue, args: [4], workflowTaskTimeout: '1 second' });
    return storyOf(client, workflowId);
  });
  return Promise.all(runs);
}

const warnings = ({ log }: WorkerProcess): LogLine[] => log.filter(({ level }) => level !== 'INFO');

/** What Temporal's Core says within a warning. */
function said({ message, meta }: LogLine): string {
  return `${message}: ${/message: "(.*?)"/.exec(String(meta?.failure))?.[1]}`;
}

test('with the gate closed workers with and without the plugin serve the same runs, and nothing fails', async () => {
  const taskQueue = 'closed';
  const [withPlugin, without] = await Promise.all([
    start({ taskQueue, plugin: { ...NOTHING_ELSE, mode: 'drain' } }),
    start({ taskQueue }),
  ]);
  const runs = await runAgents(taskQueue, 8);
  expect(runs.filter(({ written, upserts }) => written || upserts > 0)).toEqual([]);
  expect(runs.flatMap(({ tasksFailed }) => tasksFailed)).toEqual([]);
  expect(runs.filter(({ servedBy }) => servedBy.length === 2).length).toBeGreaterThan(0);
  expect([...warnings(withPlugin), ...warnings(without)]).toEqual([]);
});

test('with the gate open every run still ends well, and the other worker logs what docs/rollout.md says', async () => {
  const taskQueue = 'open';
  const [withPlugin, without] = await Promise.all([
    start({ taskQueue, plugin: NOTHING_ELSE }),
    // With as many pollers as the other it would take some task five times in a row, and the server waits ever longer.
    start({ taskQueue, worker: { maxConcurrentWorkflowTaskPolls: 1 } }),
  ]);
  await withPlugin.logged(WRITES);
  const runs = await runAgents(taskQueue, 8);

  const failed = runs.flatMap(({ tasksFailed }) => tasksFailed).filter((identity) => identity !== 'timed out');
  expect(failed.length).toBeGreaterThan(0);
  expect(new Set(failed)).toEqual(new Set([without.identity]));
  expect(runs.filter(({ written }) => written).length).toBeGreaterThan(0);
  expect(warnings(withPlugin)).toEqual([]);
  const lines = new Set(warnings(without).map(said));
  expect(lines.size).toBeGreaterThan(0);
  for (const line of lines) expect(DOCS).toContain(line);
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
  expect(failure.cause.message).toContain('TMPRL1100');
  for (const line of new Set(warnings(without).map(said))) expect(DOCS).toContain(line);
});

test('a worker with the plugin warns at start of workflowFailureErrorTypes that include non-determinism', async () => {
  const workflowFailureErrorTypes = { careful: ['NondeterminismError'], other: ['Refused'] };
  const worker = await start({ taskQueue: 'warned', plugin: NOTHING_ELSE, worker: { workflowFailureErrorTypes } });
  const line = await worker.logged('Agent observability: workflowFailureErrorTypes includes non-determinism');
  expect(line).toMatchObject({ level: 'WARN', meta: { workflowTypes: 'careful' } });
  expect(String(line.meta?.hint)).toContain('docs/rollout.md');
});
