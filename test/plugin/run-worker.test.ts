import type { Worker } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';
import { Effects, Server } from './observed';

const NAMESPACE = 'plugin-run-worker';

let server: Server;
let effects: Effects;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});

afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

async function stop(worker: Worker, done: Promise<void>): Promise<void> {
  worker.shutdown();
  await done;
}

test('a worker runs as soon as run() is called', async () => {
  const worker = await server.worker({ taskQueue: 'runs', activities, plugins: [effects.plugin()] });
  const done = worker.run();
  expect(worker.getState()).toBe('RUNNING');
  await stop(worker, done);
});

test('the next plugin is called at once, with the same worker', async () => {
  const plugin = effects.plugin();
  const worker = await server.worker({ taskQueue: 'next', activities, plugins: [plugin] });
  const next = vi.fn(() => Promise.resolve());
  const done = plugin.runWorker(worker, next);
  expect(next.mock.calls).toEqual([[worker]]);
  await done;
  await stop(worker, worker.run());
});

test('what a worker fails with comes through', async () => {
  const plugin = effects.plugin();
  const worker = await server.worker({ taskQueue: 'fails', activities, plugins: [plugin] });
  const failure = new Error('fatal');
  await expect(plugin.runWorker(worker, () => Promise.reject(failure))).rejects.toBe(failure);
  await stop(worker, worker.run());
});

test('a worker that the plugin was not applied to runs', async () => {
  const worker = await server.worker({ taskQueue: 'not-ours', activities });
  const next = vi.fn(() => Promise.resolve());
  await effects.plugin().runWorker(worker, next);
  expect(next).toHaveBeenCalledOnce();
  await stop(worker, worker.run());
});

test('metrics are served while the worker runs, and no longer', async () => {
  const plugin = effects.plugin({ metrics: { port: 0 } });
  const served = () => effects.logger.lines.find(({ message }) => message.endsWith('metrics are served'));
  await server.during({ taskQueue: 'serves', activities, plugins: [plugin] }, async () => {
    await vi.waitFor(() => expect(served()).toBeDefined());
    const text = await (await fetch(String(served()?.meta.address))).text();
    expect(text).toContain(`temporal_agent_build_info{temporal_namespace="${NAMESPACE}"`);
  });
  await expect(fetch(String(served()?.meta.address))).rejects.toThrow();
});

test("mode 'off' opens nothing and says nothing", async () => {
  const registry = new Registry();
  const plugin = effects.plugin({ mode: 'off', metrics: { registry } });
  await server.during({ taskQueue: 'off', activities, plugins: [plugin] }, async () => {});
  expect(await registry.metrics()).not.toContain('temporal_agent_');
  expect(effects.logger.lines).toEqual([]);
});
