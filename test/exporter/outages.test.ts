import { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { startDenyingProxy } from '../cli/support/denying-proxy';
import { createNamespace, registerSearchAttributes, startTemporalServer } from '../support/temporal-server';
import { connect, prepare, runExporter, SOON, startAgent } from './support';

const address = inject('temporalAddress');
const RUNNING = 'workflows_running{task_type="research"}';

test('serves the last values while Temporal is away, says so, and recovers by itself', async () => {
  const server = await startTemporalServer();
  let stop = server.stop;
  onTestFinished(() => stop());
  await registerSearchAttributes(server.address, 'default', SEARCH_ATTRIBUTES);
  const connection = connect(server.address);
  await startAgent(new Client({ connection }), 'research', 'r-1');
  const { exporter, shows, polls, read, errors, lines } = runExporter('default', { connection });
  await shows(RUNNING, 1);
  await polls(1);
  await server.stop();
  await vi.waitUntil(() => exporter.status().namespaces[0]?.failures.length !== 0, SOON);
  await vi.waitUntil(async () => (await read()).get('exporter_errors_total{query="running"}') !== 0, SOON);
  await vi.waitUntil(() => !exporter.status().ready, SOON);
  const { summary } = exporter.status().namespaces[0] ?? {};
  expect(summary).toMatch(
    /^namespace "default": last success [\d.]+ s ago, interval [\d.]+ s; Temporal did not answer /,
  );
  const away = await read();
  expect(away.get(RUNNING)).toBe(1);
  expect(lines().filter((line) => line.includes('did not answer'))).toHaveLength(1);
  expect(lines()[0]).toMatch(/Values as of \S+ are still served/);

  // Back, though without memory of what ran.
  const port = Number(server.address.split(':')[1]);
  ({ stop } = await startTemporalServer({ port }));
  await vi.waitUntil(() => exporter.status().namespaces[0]?.summary.includes('setup'), SOON);
  expect((await read()).get(RUNNING)).toBe(1);
  await registerSearchAttributes(server.address, 'default', SEARCH_ATTRIBUTES);
  await vi.waitUntil(() => exporter.status().ready, SOON);
  await shows(RUNNING, 0);
  expect(lines().at(-1)).toContain('reads all of namespace "default" again');
  expect(errors).toEqual([]);
});

test('says which permission is missing, goes on with what is allowed, and recovers', async () => {
  const { namespace, client } = await prepare(address, 'outages-permission');
  const denied = ['ListWorkflowExecutions'];
  const proxy = await startDenyingProxy(address, denied);
  onTestFinished(() => proxy.close());
  await startAgent(client, 'research', 'r-1');
  const { exporter, shows, read, errors, lines } = runExporter(namespace, { connection: connect(proxy.address) });
  await shows('exporter_errors_total{query="task_types"}', 3);
  expect(exporter.status().namespaces[0]?.summary).toContain('Temporal refused ListWorkflowExecutions');
  expect((await read()).get('exporter_errors_total{query="running"}')).toBe(0);
  expect(lines()).toHaveLength(1);
  denied[0] = 'CountWorkflowExecutions';
  await vi.waitUntil(() => exporter.status().namespaces[0]?.summary.includes('CountWorkflowExecutions: 7'), SOON);
  denied.splice(0);
  await shows(RUNNING, 1);
  await vi.waitUntil(() => exporter.status().ready, SOON);
  expect(errors).toEqual([]);
});

test('without permission to list search attributes it finds out by asking for them', async () => {
  const { namespace, client } = await prepare(address, 'outages-no-list');
  const proxy = await startDenyingProxy(address, ['ListSearchAttributes', 'GetSearchAttributes']);
  onTestFinished(() => proxy.close());
  await startAgent(client, 'research', 'r-1');
  const { exporter, shows, polls } = runExporter(namespace, { connection: connect(proxy.address) });
  await shows(RUNNING, 1);
  await polls(1);
  await vi.waitUntil(() => exporter.status().ready, SOON);
});

test('without the search attribute nothing can be watched, and it says how to get it', async () => {
  const namespace = 'outages-attributes';
  await createNamespace(address, namespace);
  await registerSearchAttributes(address, namespace, [{ name: 'AgentTaskType', type: 'Text' }]);
  const { exporter, read, lines } = runExporter(namespace, { connection: connect(address) });
  await vi.waitUntil(() => exporter.status().namespaces[0]?.failures.length === 1, SOON);
  expect(exporter.status().namespaces[0]?.summary).toContain(
    `Run "temporal-agent-observability setup --namespace ${namespace}"`,
  );
  expect(lines()).toHaveLength(1);
  expect((await read()).get('exporter_requests_total{query="running"}')).toBe(0);
});

test('one namespace that does not exist takes nothing from the others', async () => {
  const { namespace, connection, client } = await prepare(address, 'outages-neighbour');
  await startAgent(client, 'research', 'r-1');
  const { exporter, shows } = runExporter(namespace, { connection, namespaces: [namespace, 'no-such-namespace'] });
  await shows(RUNNING, 1);
  await vi.waitUntil(() => exporter.status().namespaces[1]?.failures.length !== 0, SOON);
  await vi.waitUntil(() => exporter.status().namespaces[0]?.ready, SOON);
  expect(exporter.status()).toMatchObject({ ready: false, namespaces: [{}, { ready: false }] });
  expect(exporter.status().namespaces[1]?.summary).toContain('no-such-namespace');
});
