import { GracefulShutdownPeriodExpiredError, type Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';
import { Effects, Server } from './observed';

const NAMESPACE = 'plugin-worker-runs';

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

const workers = async (taskQueue: string) => ({
  running: await effects.metric('workers_running', { task_queue: taskQueue }),
  failed: await effects.metric('workers_failed', { task_queue: taskQueue }),
});

/** A plugin after ours with which a worker stops polling and then rejects, as for an error that Core does not get over. */
const FAILS = {
  name: 'fails',
  async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const done = next(worker);
    worker.shutdown();
    await done;
    throw new Error('fatal');
  },
};

test('counts a worker from its start until it has drained', async () => {
  const taskQueue = 'drains';
  const other = await Server.connect(inject('temporalAddress'), NAMESPACE);
  const plugins = [effects.plugin()];
  const first = await server.worker({ taskQueue, activities, plugins });
  expect(await workers(taskQueue)).toEqual({ running: 0, failed: 0 });
  const done = first.run();
  expect(await workers(taskQueue)).toEqual({ running: 1, failed: 0 });

  await other.during({ taskQueue, activities, plugins: [effects.plugin()] }, async () => {
    expect(await workers(taskQueue)).toEqual({ running: 2, failed: 0 });
  });
  expect(await workers(taskQueue)).toEqual({ running: 1, failed: 0 });

  first.shutdown();
  expect(await workers(taskQueue)).toEqual({ running: 1, failed: 0 });
  await done;
  expect(await workers(taskQueue)).toEqual({ running: 0, failed: 0 });
  await other.close();
});

test('counts a worker that ends with an error, until another one of its task queue starts', async () => {
  const taskQueue = 'fails';
  const plugins = [effects.plugin()];
  const worker = await server.worker({ taskQueue, activities, plugins: [...plugins, FAILS] });
  await expect(worker.run()).rejects.toThrow('fatal');
  expect(await workers(taskQueue)).toEqual({ running: 0, failed: 1 });

  await server.during({ taskQueue: 'another', activities, plugins }, async () => {
    expect(await workers(taskQueue)).toEqual({ running: 0, failed: 1 });
  });
  await server.during({ taskQueue, activities, plugins }, async () => {
    expect(await workers(taskQueue)).toEqual({ running: 1, failed: 0 });
  });
  expect(await workers(taskQueue)).toEqual({ running: 0, failed: 0 });
});

test('does not count a worker as failed that was shut down and ran out of grace', async () => {
  const taskQueue = 'out-of-grace';
  const plugin = effects.plugin();
  const worker = await server.worker({ taskQueue, activities, plugins: [plugin] });
  const expired = new GracefulShutdownPeriodExpiredError();
  await expect(plugin.runWorker(worker, () => Promise.reject(expired))).rejects.toBe(expired);
  expect(await workers(taskQueue)).toEqual({ running: 0, failed: 0 });
  await worker.runUntil(async () => {});
});

test('what a failed worker counted is served while its process lives, until another worker takes over', async () => {
  const taskQueue = 'served-on';
  const plugin = () => effects.plugin({ metrics: { port: 0 } });
  const addresses = () =>
    effects.logger.lines
      .filter(({ message }) => message.endsWith('metrics are served'))
      .map(({ meta }) => String(meta.address));
  const failing = await server.worker({ taskQueue, activities, plugins: [plugin(), FAILS] });
  await expect(failing.run()).rejects.toThrow('fatal');
  await vi.waitFor(() => expect(addresses()).toHaveLength(1));
  const [address = ''] = addresses();
  expect(await (await fetch(address)).text()).toMatch(
    new RegExp(`temporal_agent_workers_failed\\{.*task_queue="${taskQueue}"\\} 1\n`),
  );

  await server.during({ taskQueue, activities, plugins: [plugin()] }, async () => {
    expect(await (await fetch(address)).text()).toMatch(
      new RegExp(`temporal_agent_workers_failed\\{.*task_queue="${taskQueue}"\\} 0\n`),
    );
  });
  await expect(fetch(address)).rejects.toThrow();
});
