import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { type AgentMetrics, acquireMetrics } from '#lib/metrics/index';
import { startDenyingProxy } from '../cli/support/denying-proxy';
import { operator, samples, scrape } from '../metrics/scrape';
import { connect, prepare, runExporter, SOON, startAgent } from './support';

const address = inject('temporalAddress');

async function serve(): Promise<AgentMetrics> {
  const who = operator();
  const metrics = acquireMetrics({ host: '127.0.0.1', port: 0 }, 'exporter', who.report, who.logger, 'fail');
  onTestFinished(() => metrics.release());
  await metrics.ready;
  return metrics;
}

async function ask(metrics: AgentMetrics, path: string) {
  const response = await fetch(new URL(path, metrics.address));
  return { status: response.status, text: await response.text() };
}

test('/readyz tells apart: never read, read, stale and read again, while /healthz is well all the time', async () => {
  const { namespace, client } = await prepare(address, 'readiness');
  const denied = ['CountWorkflowExecutions'];
  const proxy = await startDenyingProxy(address, denied);
  onTestFinished(() => proxy.close());
  await startAgent(client, 'research', 'r-1');
  const metrics = await serve();
  const { exporter } = runExporter(namespace, { connection: connect(proxy.address), metrics });
  const answers = (status: number, text: RegExp) =>
    vi.waitFor(async () => {
      const answer = await ask(metrics, '/readyz');
      expect(answer.status).toBe(status);
      expect(answer.text).toMatch(text);
    }, SOON);

  await answers(503, /^not ready\nnamespace "readiness": never succeeded; Temporal refused CountWorkflowExecutions/);
  expect((await scrape(metrics.address)).includes('workflows_running{')).toBe(false);
  denied.splice(0);
  await answers(200, /^ready\nnamespace "readiness": last success [\d.]+ s ago, interval [\d.]+ s\n$/);
  denied.push('CountWorkflowExecutions');
  await answers(
    503,
    /^not ready\nnamespace "readiness": last success [\d.]+ s ago, interval [\d.]+ s; Temporal refused/,
  );
  const running = `temporal_agent_workflows_running{temporal_namespace="readiness",task_type="research"}`;
  expect(samples(await scrape(metrics.address)).get(running)).toBe(1);
  denied.splice(0);
  await answers(200, /^ready\n/);
  expect(await ask(metrics, '/healthz')).toEqual({ status: 200, text: 'ok\n' });
  await exporter.stop();
  expect((await ask(metrics, '/readyz')).status).toBe(404);
});

test('where nothing knows when it is ready there is no /readyz', async () => {
  expect((await ask(await serve(), '/readyz')).status).toBe(404);
});

test('a process that is there for its metrics alone can fail when its port is busy', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const who = operator();
  const metrics = acquireMetrics({ host: '127.0.0.1', port }, 'exporter', who.report, who.logger, 'fail');
  await expect(metrics.ready).rejects.toThrow(`127.0.0.1:${port}: listen EADDRINUSE`);
  await metrics.release();
  expect(who.errors).toEqual([]);
});
