import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { Registry } from 'prom-client';
import {
  type AgentObservabilityOptions,
  AgentObservabilityPlugin,
  SEARCH_ATTRIBUTES,
  withAgentTask,
} from 'temporal-agent-observability';
import { LocalDirectoryStore, readRun } from 'temporal-agent-observability/content';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { startDenyingProxy } from '../cli/support/denying-proxy';
import { samples } from '../metrics/scrape';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { bundleAgents } from './support/bundles';
import { listedAttributes, storyOf, untilCompleted } from './support/runs';
import { type RunningWorker, startWorker } from './support/workers';

const address = inject('temporalAddress');
const UNREGISTERED = 'Search attributes are not registered with the right types';
const TASK = { taskType: 'research', taskId: 'ticket-7', sessionId: 'session-3' };

let bundle: string;
let connection: NativeConnection;
let starter: Connection;

beforeAll(async () => {
  bundle = await bundleAgents({ content: 'off', metrics: 'off' });
  connection = await NativeConnection.connect({ address });
  starter = await Connection.connect({ address });
});

afterAll(async () => {
  await starter?.close();
  await connection?.close();
});

interface Situation {
  readonly worker: RunningWorker;
  /** Has the plugin. */
  readonly client: Client;
  readonly content: LocalDirectoryStore;
  metrics(): Promise<ReadonlyMap<string, number>>;
}

/** A worker and a client with the plugin in a namespace that was prepared. */
async function situation(
  namespace: string,
  { plugin, through = connection }: { plugin?: AgentObservabilityOptions; through?: NativeConnection } = {},
): Promise<Situation> {
  const registry = new Registry();
  const directory = mkdtempSync(path.join(tmpdir(), 'registration-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const options: AgentObservabilityOptions = { content: directory, metrics: { registry }, ...plugin };
  const worker = await startWorker({ connection: through, namespace, taskQueue: 'agents', bundle, plugin: options });
  const plugins = [new AgentObservabilityPlugin({ ...options, content: 'off', metrics: 'off' })];
  return {
    worker,
    client: new Client({ connection: starter, namespace, plugins }),
    content: new LocalDirectoryStore({ directory }),
    metrics: async () => samples(await registry.metrics()),
  };
}

/** Search attributes that the client put on a start. */
async function startedWith(client: Client, workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const { searchAttributes } = events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  return Object.keys(searchAttributes?.indexedFields ?? {}).sort();
}

const all = SEARCH_ATTRIBUTES;
const without = (name: string) => all.filter((attribute) => attribute.name !== name);

describe.each([
  ['is missing', 'AgentTaskId is missing', without('AgentTaskId')],
  [
    'has another type',
    'AgentTaskId is Int, not Keyword',
    [...without('AgentTaskId'), { name: 'AgentTaskId', type: 'Int' }],
  ],
] as const)('where one attribute %s', (situationName, reason, attributes) => {
  const namespace = `registration-${situationName.replaceAll(' ', '-')}`;

  test('no workflow task fails, nothing unverified is written, and a finding says so once', async () => {
    await createNamespace(address, namespace);
    await registerSearchAttributes(address, namespace, attributes);
    const { worker, client, content, metrics } = await situation(namespace, {
      plugin: { searchAttributes: { register: 'never' } },
    });
    const run = (workflowId: string) =>
      withAgentTask(TASK, () => client.workflow.execute('agent', { workflowId, taskQueue: 'agents', args: [2] }));
    await Promise.all(['one', 'two', 'three'].map(run));
    for (const workflowId of ['one', 'two', 'three']) {
      expect(await storyOf(client, workflowId)).toMatchObject({ written: false, upserts: 0, tasksFailed: [] });
      expect(await startedWith(client, workflowId)).toEqual(['AgentSessionId', 'AgentTaskStartedAt', 'AgentTaskType']);
    }

    const told = worker.log.filter(({ meta }) => meta?.finding === 'search-attributes-unregistered');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ level: 'WARN' });
    expect(told[0]?.message).toContain(UNREGISTERED);
    expect(told[0]?.message).toContain(reason);
    const found = await metrics();
    const labels =
      'finding="search-attributes-unregistered",severity="warning",task_type="unknown",workflow_type="unknown"';
    expect(found.get(`temporal_agent_findings_total{temporal_namespace="${namespace}",${labels}}`)).toBe(1);
    expect(
      found.get(`temporal_agent_search_attributes_enabled{temporal_namespace="${namespace}",task_queue="agents"}`),
    ).toBe(0);

    const { records } = await readRun(content, namespace, 'one');
    expect(records).toHaveLength(4);
    for (const record of records) expect(record).toMatchObject(TASK);
  });
});

test('attributes registered after the worker started concern the runs that begin after them', async () => {
  const namespace = 'registration-late';
  await createNamespace(address, namespace);
  const { worker, client } = await situation(namespace, { plugin: { searchAttributes: { register: 'never' } } });
  const start = (workflowId: string) =>
    withAgentTask(TASK, () => client.workflow.start('waitingAgent', { workflowId, taskQueue: 'agents' }));
  await start('before');
  await untilCompleted(client, 'before', 2);

  await registerSearchAttributes(address, namespace, all);
  await worker.open();
  // The client still believes what it saw, so it sends the header alone.
  await start('after');
  expect(await startedWith(client, 'after')).toEqual([]);
  for (const workflowId of ['before', 'after']) {
    await client.workflow.getHandle(workflowId).signal('proceed');
    await client.workflow.getHandle(workflowId).result();
  }
  expect(await storyOf(client, 'before')).toMatchObject({ written: false, upserts: 0, tasksFailed: [] });
  expect(await listedAttributes(client, 'before')).toEqual({});
  expect(await storyOf(client, 'after')).toMatchObject({ written: true, tasksFailed: [] });
  expect(await listedAttributes(client, 'after')).toMatchObject({
    AgentTaskType: TASK.taskType,
    AgentTaskId: TASK.taskId,
    AgentSessionId: TASK.sessionId,
    AgentIteration: 2,
  });
});

test('a worker that may not register attributes leaves agents alone, and says once what to do', async () => {
  const namespace = 'registration-denied';
  await createNamespace(address, namespace);
  const proxy = await startDenyingProxy(address, ['AddSearchAttributes']);
  const denied = await NativeConnection.connect({ address: proxy.address });
  const { worker, client, metrics } = await situation(namespace, { through: denied });
  const result = await client.workflow.execute('agent', { workflowId: 'denied', taskQueue: 'agents', args: [2] });
  expect(result).toBe(220);
  expect(await storyOf(client, 'denied')).toMatchObject({ written: false, upserts: 0, tasksFailed: [] });

  const errors = [...(await metrics())].filter(([name]) => name.startsWith('temporal_agent_observer_errors_total'));
  expect(errors.filter(([, count]) => count > 0)).toEqual([
    [`temporal_agent_observer_errors_total{temporal_namespace="${namespace}",part="search_attributes"}`, 1],
  ]);
  const create = `temporal operator search-attribute create --namespace ${namespace} --name AgentTaskType --type Keyword`;
  const commands = worker.log.filter(({ meta }) => String(meta?.commands).includes(create));
  expect(commands).toHaveLength(1);
  expect(worker.log.filter(({ meta }) => String(meta?.error).includes('unauthorized'))).toHaveLength(1);

  await worker.stop();
  await denied.close();
  proxy.close();
});
