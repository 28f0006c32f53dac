import { Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { Registry } from 'prom-client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { samples, scrape } from '../metrics/scrape';
import { activities } from '../plugin/activities';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { SOON, startAgent } from './support';

const NAMESPACE = 'exporter-in-worker';
const RUNNING = `temporal_agent_workflows_running{temporal_namespace="${NAMESPACE}",task_type="research"}`;

let server: Server;
let effects: Effects;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  await registerSearchAttributes(inject('temporalAddress'), NAMESPACE, SEARCH_ATTRIBUTES);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
  const client = new Client({ connection: server.client.connection, namespace: NAMESPACE });
  await startAgent(client, 'research', 'in-worker');
  await vi.waitUntil(async () => (await client.workflow.count('AgentTaskType = "research"')).count > 0, SOON);
});

afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

const exported = async (name: string) => samples(await effects.registry.metrics()).get(name);
const running = () => vi.waitFor(async () => expect(await exported(RUNNING)).toBe(1), SOON);
const polls = () => effects.metric('exporter_poll_duration_seconds_count');
const internalErrors = () => effects.internalErrors;

test('a worker exports what its namespace does, beside its own metrics', async () => {
  const plugin = effects.plugin({ exporter: { pollInterval: '17s' } });
  await server.during({ taskQueue: 'exports', activities, plugins: [plugin] }, async () => {
    await running();
    expect(await exported(`temporal_agent_exporter_poll_interval_seconds{temporal_namespace="${NAMESPACE}"}`)).toBe(17);
    expect(await effects.metric('build_info')).toBe(1);
  });
  expect(internalErrors()).toEqual([]);
});

test("what it finds goes to the worker's records, counted once, by the worker's severities", async () => {
  const run = await server.client.workflow.start('agent', {
    taskQueue: 'no-worker',
    workflowId: 'late',
    typedSearchAttributes: new TypedSearchAttributes([
      { key: defineSearchAttributeKey('AgentTaskType', 'KEYWORD'), value: 'refund' },
      { key: defineSearchAttributeKey('AgentApprovalState', 'KEYWORD'), value: 'submitted' },
      { key: defineSearchAttributeKey('AgentApprovalDueAt', 'DATETIME'), value: new Date(Date.now() - 3_600_000) },
    ]),
  });
  const plugin = effects.plugin({ exporter: { pollInterval: '1s' }, findings: { 'approval-overdue': 'info' } });
  await server.during({ taskQueue: 'finds', activities, plugins: [plugin] }, async () => {
    await vi.waitUntil(() => effects.findings('approval-overdue').length > 0, SOON);
  });
  await run.terminate();
  expect(effects.findings('approval-overdue')).toEqual([expect.objectContaining({ severity: 'info' })]);
  expect(await effects.metric('findings_total', { finding: 'approval-overdue', severity: 'info' })).toBe(1);
  const { findings } = await effects.records(NAMESPACE, 'late');
  expect(findings).toEqual([expect.objectContaining({ id: 'approval-overdue', severity: 'info' })]);
});

test('the exporter ends with its worker', async () => {
  const plugin = effects.plugin({ exporter: { pollInterval: '1s' } });
  await server.during({ taskQueue: 'ends', activities, plugins: [plugin] }, running);
  const requests = () => effects.metric('exporter_requests_total');
  const before = await requests();
  // Polling for all of its interval, it would send one every half second.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await requests()).toBe(before);
});

test('on the endpoint of the worker, which then knows whether the exporter is ready', async () => {
  const plugin = effects.plugin({ metrics: { port: 0 }, exporter: true });
  await server.during({ taskQueue: 'endpoint', activities, plugins: [plugin] }, async () => {
    const served = () => effects.logger.lines.filter(({ message }) => message.endsWith('metrics are served'));
    await vi.waitUntil(() => served().length > 0, SOON);
    const address = String(served()[0]?.meta.address);
    await vi.waitUntil(async () => (await fetch(new URL('/readyz', address))).status === 200, SOON);
    expect(samples(await scrape(address)).get(RUNNING)).toBe(1);
    expect(served()).toHaveLength(1);
  });
});

test('no worker exports unless it is asked to, nor in mode off', async () => {
  for (const options of [{}, { exporter: false }, { exporter: true, mode: 'off' }] as const) {
    await server.during({ taskQueue: 'silent', activities, plugins: [effects.plugin(options)] }, async () => {});
    expect(await effects.registry.metrics()).not.toContain('temporal_agent_exporter_');
  }
});

test('two workers of a process share one exporter, which the second takes over from the first', async () => {
  const plugin = effects.plugin({ exporter: { pollInterval: '1h' } });
  const first = await server.worker({ taskQueue: 'first', activities, plugins: [plugin] });
  const second = await server.worker({ taskQueue: 'second', activities, plugins: [plugin] });
  const done = { first: first.run(), second: second.run() };
  await vi.waitUntil(async () => (await polls()) > 0, SOON);
  // A second exporter would have polled by now.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await polls()).toBe(1);
  first.shutdown();
  await done.first;
  await vi.waitUntil(async () => (await polls()) === 2, SOON);
  second.shutdown();
  await done.second;
  expect(internalErrors()).toEqual([]);
});

test('a worker runs, and says so, where the exporter has nowhere to export to', async () => {
  const plugin = effects.plugin({ metrics: 'off', exporter: true });
  await server.during({ taskQueue: 'nowhere', activities, plugins: [plugin] }, async (worker) => {
    expect(worker.getState()).toBe('RUNNING');
  });
  expect(effects.logger.lines.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('the exporter does not run, for there are no metrics that it could set'),
  );
});

test('a worker runs where the exporter cannot register its metrics', async () => {
  const registry = new Registry();
  const { Gauge } = await import('prom-client');
  new Gauge({ name: 'temporal_agent_workflows_running', help: 'of somebody else', registers: [registry] });
  const plugin = effects.plugin({ metrics: { registry }, exporter: true });
  await server.during({ taskQueue: 'taken', activities, plugins: [plugin] }, async (worker) => {
    expect(worker.getState()).toBe('RUNNING');
  });
  expect(internalErrors()).toContainEqual(expect.objectContaining({ part: 'exporter' }));
});
