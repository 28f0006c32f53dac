import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Registry } from 'prom-client';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { RateLimit } from '#lib/exporter/rate-limit';
import { RequestFailed } from '#lib/exporter/request-failed';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import { acquireMetrics } from '#lib/metrics/index';
import { startDenyingProxy } from '../cli/support/denying-proxy';
import { operator, samples } from '../metrics/scrape';
import { startTemporalServer } from '../support/temporal-server';
import { connect, FAST, prepare, runExporter, SOON, startAgent } from './support';

const address = inject('temporalAddress');

function counting(namespace: string) {
  const who = operator();
  const registry = new Registry();
  const metrics = acquireMetrics({ registry }, 'exporter', who.report, who.logger).for(namespace);
  const read = async (name: string, query: string) =>
    samples(await registry.metrics()).get(
      `temporal_agent_exporter_${name}_total{temporal_namespace="${namespace}",query="${query}"}`,
    );
  return { metrics, read };
}

test('requests at once are sent one after the other, never more of them in a second than allowed', async () => {
  const limit = new RateLimit(50);
  const sent = await Promise.all(Array.from({ length: 6 }, () => limit.take(undefined).then(() => performance.now())));
  sent.slice(1).forEach((at, i) => {
    // A timer that is late moves one request, not those after it.
    expect(at - (sent[0] ?? 0)).toBeGreaterThanOrEqual((i + 1) * 20 - 1);
  });
});

test('every page of a list is a request, and counts as one', async () => {
  const { namespace, connection, client } = await prepare(address, 'requests-pages');
  for (let i = 0; i < 3; i++) await startAgent(client, 'research', `r-${i}`);
  const { metrics, read } = counting(namespace);
  const visibility = new TemporalVisibility(connection, namespace, { requestsPerSecond: 1000, metrics });
  await vi.waitFor(async () => expect(await visibility.count('running', 'AgentTaskType IS NOT NULL')).toBe(3), SOON);
  expect(await visibility.list('closed', "WorkflowType = 'agent'", 2)).toMatchObject({ more: true });
  expect(await visibility.list('closed', "WorkflowType = 'agent'", 3)).toMatchObject({ runs: { length: 3 } });
  expect(await read('requests', 'closed')).toBe(2);
  expect(await read('errors', 'closed')).toBe(0);
});

test('a refusal is not tried again, names the method and counts as an error', async () => {
  const { namespace } = await prepare(address, 'requests-refused');
  const proxy = await startDenyingProxy(address, ['CountWorkflowExecutions']);
  onTestFinished(() => proxy.close());
  const { metrics, read } = counting(namespace);
  const visibility = new TemporalVisibility(connect(proxy.address), namespace, { requestsPerSecond: 1000, metrics });
  const refused = visibility.count('orphans', '');
  await expect(refused).rejects.toThrow(RequestFailed);
  await expect(refused).rejects.toMatchObject({ code: 7, method: 'CountWorkflowExecutions', query: 'orphans' });
  expect(await read('requests', 'orphans')).toBe(1);
  expect(await read('errors', 'orphans')).toBe(1);
});

test('an answer that there is no such attribute is no error of the exporter by itself', async () => {
  const { namespace, connection } = await prepare(address, 'requests-invalid');
  const { metrics, read } = counting(namespace);
  const visibility = new TemporalVisibility(connection, namespace, { requestsPerSecond: 1000, metrics });
  await expect(visibility.count('failing_tasks', 'NoSuchAttribute IS NOT NULL')).rejects.toMatchObject({ code: 3 });
  expect(await read('requests', 'failing_tasks')).toBe(1);
  expect(await read('errors', 'failing_tasks')).toBe(0);
});

test('a server that limits requests is asked again until it answers', async () => {
  const server = await startTemporalServer({
    dynamicConfig: { 'frontend.namespaceRPS.visibility': 1, 'frontend.namespaceBurstRatio.visibility': 1 },
  });
  onTestFinished(() => server.stop());
  const { metrics, read } = counting('default');
  const visibility = new TemporalVisibility(connect(server.address), 'default', { requestsPerSecond: 1000, metrics });
  for (let i = 0; i < 3; i++) expect(await visibility.count('running', '')).toBe(0);
  expect(await read('errors', 'running')).toBeGreaterThan(0);
  expect(await read('requests', 'running')).toBe(3 + ((await read('errors', 'running')) ?? 0));
});

test('stopping does not wait for a server that never answers', { timeout: 8_000 }, async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const { exporter, errors } = runExporter('nowhere', { connection: connect(`127.0.0.1:${port}`) });
  await vi.waitUntil(() => sockets.size > 0, SOON);
  expect(exporter.status().namespaces[0]?.summary).toBe('namespace "nowhere": never succeeded; a poll is under way');
  await exporter.stop();
  expect(errors).toEqual([]);
});

test('where the requests of a poll do not fit, the interval grows, and shrinks back', async () => {
  const { namespace, connection, client } = await prepare(address, 'requests-interval');
  const config = { ...FAST, pollIntervalMs: 1000, requestsPerSecond: 20 };
  const startedAt = performance.now();
  const who = operator();
  const { shows, read } = runExporter(namespace, { connection, config, logger: who.logger });
  await shows('exporter_poll_interval_seconds{}', 1);
  const types = Array.from({ length: 25 }, (_, i) => `type-${i}`);
  const runs = await Promise.all(types.map((type) => startAgent(client, type, type)));
  for (const type of types) await shows(`workflows_running{task_type="${type}"}`, 1);
  const interval = async () => (await read()).get('exporter_poll_interval_seconds{}') ?? 0;
  await vi.waitUntil(async () => (await interval()) > 1.2, SOON);
  expect(who.lines).toHaveLength(1);
  expect(who.lines[0]).toContain('do not fit its interval of 1 s');
  await Promise.all(runs.map((run) => run.terminate()));
  await shows('exporter_poll_interval_seconds{}', 1);
  const ofVisibility = [...(await read())].filter(
    ([key]) => key.startsWith('exporter_requests_total') && !key.includes('"namespace"'),
  );
  const requests = ofVisibility.reduce((sum, [, value]) => sum + value, 0);
  expect(requests).toBeGreaterThan(25);
  expect(requests).toBeLessThanOrEqual(1 + (20 * (performance.now() - startedAt)) / 1000);
});
