import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { type AgentObservabilityOptions, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { stableShare } from '#lib/definitions/keyword';
import { countOurs, fetchHistories, isOurs } from '../support/histories';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { bundleAgents } from './support/bundles';
import { storyOf } from './support/runs';
import { type RunningWorker, startWorker } from './support/workers';

const NAMESPACE = 'share';
const TASK_QUEUE = 'share';
const NOTHING_ELSE: AgentObservabilityOptions = { content: 'off', metrics: 'off' };
const IDS = Array.from({ length: 24 }, (_, number) => `order-${number}`);

let connection: NativeConnection;
let client: Client;
let bundle: string;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  bundle = await bundleAgents(NOTHING_ELSE);
  connection = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
});

afterAll(async () => {
  await client?.connection.close();
  await connection?.close();
});

async function start(rollout: number): Promise<RunningWorker> {
  const plugin = { ...NOTHING_ELSE, rollout };
  const worker = await startWorker({ connection, namespace: NAMESPACE, taskQueue: TASK_QUEUE, bundle, plugin });
  await worker.open();
  return worker;
}

/** The ids whose new runs write. */
async function written(rollout: number): Promise<string[]> {
  const worker = await start(rollout);
  const stories = await Promise.all(
    IDS.map(async (workflowId) => {
      await client.workflow.execute('agent', { workflowId, taskQueue: TASK_QUEUE, args: [1] });
      return { workflowId, ...(await storyOf(client, workflowId)) };
    }),
  );
  await worker.stop();
  return stories.filter((story) => story.written).map(({ workflowId }) => workflowId);
}

test('a share of new runs writes: the same workflow ids every time, and more of them as the share grows', async () => {
  const half = await written(0.5);
  expect(half.length).toBeGreaterThan(IDS.length / 4);
  expect(half.length).toBeLessThan((IDS.length * 3) / 4);
  const more = await written(0.8);
  expect(more.length).toBeGreaterThan(half.length);
  expect(more).toEqual(expect.arrayContaining(half));
  expect(await written(0.5)).toEqual(half);
});

test('children are asked for by their own ids, and a run that continues as new keeps its answer', async () => {
  const worker = await start(0.5);
  const families = ['family-a', 'family-b', 'family-c', 'family-d'];
  const histories = await Promise.all(
    families.map(async (workflowId) => {
      await client.workflow.execute('familyAgent', { workflowId, taskQueue: TASK_QUEUE, args: [2, 2] });
      return fetchHistories(client, workflowId, 6);
    }),
  );
  await worker.stop();
  const runs = histories
    .flat()
    .map(({ workflowId, history }) => ({ workflowId, written: countOurs(history).markers === 1 }));
  expect(runs).toHaveLength(families.length * 6);
  expect(runs).toEqual(runs.map(({ workflowId }) => ({ workflowId, written: stableShare(workflowId) < 0.5 })));
  expect(new Set(runs.map((run) => run.written))).toEqual(new Set([true, false]));
});

test('an agent of four turns pays eight events, and a workflow without activities and children two', async () => {
  const worker = await start(1);
  const run = async (workflowId: string, turns: number) => {
    await client.workflow.execute('agent', { workflowId, taskQueue: TASK_QUEUE, args: [turns] });
    const [named] = await fetchHistories(client, workflowId);
    const events = named?.history.events ?? [];
    return events.filter(isOurs).length;
  };
  expect(await run('four-turns', 4)).toBe(8);
  expect(await run('no-turns', 0)).toBe(2);
  await worker.stop();
});
