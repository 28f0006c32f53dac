import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type AgentObservabilityOptions, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { bundleAgents } from './support/bundles';
import { listedAttributes, storyOf, untilCompleted } from './support/runs';
import { type RunningWorker, startWorker } from './support/workers';

const NAMESPACE = 'drain';
const NOTHING_ELSE: AgentObservabilityOptions = { content: 'off', metrics: 'off' };
const OPEN_WRITTEN_RUNS =
  "TemporalChangeVersion = 'temporal-agent-observability/sa-v1' AND ExecutionStatus = 'Running'";
const IN_TIME = { timeout: 20_000, interval: 100 };
const DOCS = readFileSync(path.join(__dirname, '..', '..', 'docs', 'rollout.md'), 'utf8');

let connection: NativeConnection;
let client: Client;
let plain: string;
let observed: string;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  [plain, observed] = await Promise.all([bundleAgents(), bundleAgents(NOTHING_ELSE)]);
  connection = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
});

afterAll(async () => {
  await client?.connection.close();
  await connection?.close();
});

async function start(taskQueue: string, plugin?: AgentObservabilityOptions, bundle?: string): Promise<RunningWorker> {
  const own = plugin === undefined ? plain : observed;
  const worker = await startWorker({
    connection,
    namespace: NAMESPACE,
    taskQueue,
    bundle: bundle ?? own,
    ...(plugin && { plugin }),
  });
  if (plugin !== undefined && plugin.mode !== 'drain') await worker.open();
  return worker;
}

/** Waits until the query of the docs, on one task queue, finds just these workflows. */
async function untilOpenWritten(taskQueue: string, expected: readonly string[]): Promise<void> {
  expect(DOCS).toContain(OPEN_WRITTEN_RUNS);
  const query = `${OPEN_WRITTEN_RUNS} AND TaskQueue = '${taskQueue}'`;
  await vi.waitFor(async () => {
    const found: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
    expect(found).toEqual(expected);
  }, IN_TIME);
}

/** Id of the run that follows another one. */
async function untilNextRun(workflowId: string, lastRunId: string): Promise<string> {
  return vi.waitFor(async () => {
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    if (runId === lastRunId) throw new Error('the next run has not begun');
    return runId;
  }, IN_TIME);
}

test('drained to the last written run, the queue is served by a worker without the plugin: nothing fails', async () => {
  const taskQueue = 'take-out';
  const startAgent = (workflowId: string) => client.workflow.start('waitingAgent', { workflowId, taskQueue });

  const on = await start(taskQueue, NOTHING_ELSE);
  const written = await startAgent('written');
  await untilCompleted(client, 'written', 2);
  await on.stop();

  const draining = await start(taskQueue, { ...NOTHING_ELSE, mode: 'drain' });
  const refused = await startAgent('refused');
  expect(await untilCompleted(client, 'refused', 2)).toMatchObject({ written: false, upserts: 0 });
  await untilOpenWritten(taskQueue, ['written']);
  await written.signal('proceed');
  await written.result();
  expect(await storyOf(client, 'written')).toMatchObject({ written: true, upserts: 4 });
  expect(await listedAttributes(client, 'written')).toMatchObject({ AgentIteration: 2, AgentTokens: 220 });
  await untilOpenWritten(taskQueue, []);
  await draining.stop();

  const without = await start(taskQueue);
  await refused.signal('proceed');
  await refused.result();
  await client.workflow.execute('agent', { workflowId: 'after', taskQueue, args: [2] });
  for (const workflowId of ['written', 'refused', 'after']) {
    expect((await storyOf(client, workflowId)).tasksFailed).toEqual([]);
  }
  expect(await listedAttributes(client, 'refused')).toEqual({});
  await without.stop();
});

test('an agent that continues as new for ever is drained when its next run begins', async () => {
  const taskQueue = 'entity';
  const workflowId = 'entity';
  const on = await start(taskQueue, NOTHING_ELSE);
  const entity = await client.workflow.start('entityAgent', { workflowId, taskQueue });
  await untilCompleted(client, workflowId, 2);
  await on.stop();

  const draining = await start(taskQueue, { ...NOTHING_ELSE, mode: 'drain' });
  await client.workflow.getHandle(workflowId).signal('proceed');
  const next = await untilNextRun(workflowId, entity.firstExecutionRunId);
  await untilCompleted(client, workflowId, 2);
  expect(await storyOf(client, workflowId, next)).toMatchObject({ written: false, upserts: 0 });
  await untilOpenWritten(taskQueue, []);
  await draining.stop();

  const without = await start(taskQueue);
  await client.workflow.getHandle(workflowId).signal('proceed');
  await untilNextRun(workflowId, next);
  await untilCompleted(client, workflowId, 2);
  expect((await storyOf(client, workflowId, next)).tasksFailed).toEqual([]);
  await client.workflow.getHandle(workflowId).terminate();
  await without.stop();
});

test('a run goes on with a bundle of another key set, and writes what that one has', async () => {
  const taskQueue = 'other-keys';
  const workflowId = 'other-keys';
  const fewer: AgentObservabilityOptions = { ...NOTHING_ELSE, searchAttributes: { include: ['AgentModel'] } };
  const before = await start(taskQueue, NOTHING_ELSE);
  const handle = await client.workflow.start('waitingAgent', { workflowId, taskQueue });
  await untilCompleted(client, workflowId, 2);
  await before.stop();

  const after = await start(taskQueue, fewer, await bundleAgents(fewer));
  await handle.signal('proceed');
  await handle.result();
  expect((await storyOf(client, workflowId)).tasksFailed).toEqual([]);
  expect(await listedAttributes(client, workflowId)).toMatchObject({
    AgentModel: 'gpt-5.1-2025-11-13',
    AgentIteration: 1,
  });
  await after.stop();
});
