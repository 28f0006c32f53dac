import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { METRICS, type MetricDefinition, type MetricSource } from '#lib/definitions/metrics';
import { OBSERVER_PARTS } from '#lib/definitions/observer-parts';
import { type AgentMetrics, acquireMetrics } from '#lib/metrics/index';
import { operator, samples, scrape } from './scrape';

const held: AgentMetrics[] = [];

function acquire(port = 0, who = operator(), source: MetricSource = 'worker'): AgentMetrics {
  const metrics = acquireMetrics({ host: '127.0.0.1', port }, source, who.report, who.logger);
  held.push(metrics);
  return metrics;
}

afterEach(async () => {
  await Promise.all(held.splice(0).map((metrics) => metrics.release()));
});

test('a scrape names, types and explains every metric of the table, and no other', async () => {
  const metrics = acquire();
  acquire(0, operator(), 'exporter');
  await metrics.ready;
  const text = await scrape(metrics.address);
  const headers = text.split('\n').filter((line) => line.startsWith('# '));
  const expected = Object.values<MetricDefinition>(METRICS).flatMap(({ name, type, help }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
  ]);
  expect(headers.sort()).toEqual(expected.sort());
});

test('every metric carries exactly the labels and buckets of the table', async () => {
  const metrics = acquire();
  acquire(0, operator(), 'exporter');
  await metrics.ready;
  const shop = metrics.for('shop');
  for (const [key, definition] of Object.entries<MetricDefinition>(METRICS)) {
    const labels = Object.fromEntries(definition.labels.map((label) => [label, `a ${label}`]));
    const write = { counter: shop.inc, gauge: shop.set, histogram: shop.observe }[definition.type];
    Reflect.apply(write, shop, [key, labels, 1]);
  }
  const found = samples(await scrape(metrics.address));
  for (const { name, type, labels, buckets } of Object.values<MetricDefinition>(METRICS)) {
    const pairs = labels.map((label) => `${label}="${label === 'temporal_namespace' ? 'shop' : `a ${label}`}"`).join();
    if (type !== 'histogram') {
      expect(found.get(`${name}{${pairs}}`), name).toBe(1);
      continue;
    }
    expect(found.get(`${name}_count{${pairs}}`), name).toBe(1);
    const bounds = [...found.keys()].flatMap((key) =>
      key.startsWith(`${name}_bucket`) ? (/le="(.*?)"/.exec(key)?.[1] ?? []) : [],
    );
    expect(bounds, name).toEqual([...(buckets ?? []).map(String), '+Inf']);
  }
});

test('counters with known labels are there at 0 before anything is counted', async () => {
  const metrics = acquire();
  await metrics.ready;
  metrics.for('shop');
  const found = samples(await scrape(metrics.address));
  for (const part of OBSERVER_PARTS) {
    expect(found.get(`temporal_agent_observer_errors_total{temporal_namespace="shop",part="${part}"}`)).toBe(0);
  }
  expect(found.get('temporal_agent_content_failed_total{temporal_namespace="shop"}')).toBe(0);
});

test('the endpoint answers scrapes, health checks and nothing else', async () => {
  const metrics = acquire();
  await metrics.ready;
  const base = new URL(metrics.address ?? '');
  const answered = await fetch(base);
  expect(answered.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await (await fetch(new URL('/healthz', base))).text()).toBe('ok\n');
  expect((await fetch(new URL('/metrics?name=x', base))).status).toBe(200);
  expect((await fetch(new URL('/', base))).status).toBe(404);
  expect((await fetch(base, { method: 'POST' })).status).toBe(405);
  expect(await (await fetch(base, { method: 'HEAD' })).text()).toBe('');
});

test('workers on one address share counts and endpoint, which closes with the last of them', async () => {
  const first = acquire();
  const second = acquire();
  await second.ready;
  expect(second.address).toBe(first.address);
  first.for('shop').inc('contentWritten', {});
  second.for('shop').inc('contentWritten', {});
  const address = second.address;
  await first.release();
  await first.release();
  const found = samples(await scrape(address));
  expect(found.get('temporal_agent_content_written_total{temporal_namespace="shop"}')).toBe(2);
  await second.release();
  await expect(fetch(address ?? '')).rejects.toThrow();
});

test('a busy port is reported with what to do about it, and counting goes on', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const who = operator();
  const metrics = acquire(port, who);
  await metrics.ready;
  expect(metrics.address).toBeUndefined();
  expect(who.errors).toMatchObject([{ part: 'metrics', error: { code: 'EADDRINUSE' } }]);
  expect(who.lines).toHaveLength(1);
  expect(who.lines[0]).toContain(`127.0.0.1:${port}`);
  expect(who.lines[0]).toContain('metrics.port');
  metrics.for('shop').inc('contentWritten', {});
  expect(await metrics.registry.metrics()).toContain('content_written_total{temporal_namespace="shop"} 1');
  other.close();
});

test('a port that becomes free is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const metrics = acquire(port);
    await metrics.ready;
    await new Promise((resolve) => other.close(resolve));
    vi.advanceTimersByTime(60_000);
    await vi.waitUntil(() => metrics.address !== undefined);
    expect(await scrape(metrics.address)).toContain('temporal_agent_');
  } finally {
    vi.useRealTimers();
  }
});

test('an endpoint given up before it listens does not listen later', async () => {
  const who = operator();
  const metrics = acquireMetrics({ host: '127.0.0.1', port: 0 }, 'worker', who.report, who.logger);
  await metrics.release();
  expect(metrics.address).toBeUndefined();
});

test('neither an open endpoint nor one that waits for its port keeps a process alive', () => {
  const script = `
    const { acquireMetrics } = require('./lib/metrics/index.js');
    const log = () => {};
    const logger = { log, trace: log, debug: log, info: log, warn: log, error: log };
    const open = acquireMetrics({ host: '127.0.0.1', port: 0 }, 'worker', log, logger);
    open.ready.then(() => {
      const port = Number(new URL(open.address).port);
      acquireMetrics({ host: '127.0.0.1', port }, 'worker', log, logger).ready.then(() => console.log('both tried'));
    });`;
  const { status, stdout } = spawnSync(process.execPath, ['-e', script], { timeout: 30_000, encoding: 'utf8' });
  expect(stdout).toBe('both tried\n');
  expect(status).toBe(0);
});
