import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';
import { Effects, Server } from './observed';

const NAMESPACE = 'plugin-unseen';
const effects = new Effects();
let server: Server;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});
afterAll(async () => {
  await server.close();
  effects.remove();
});

test('says once per process what cannot be seen without runtimeOptions(), and nothing when it is off', async () => {
  const said = () => effects.logger.lines.filter(({ message }) => message.includes('cannot see non-determinism'));
  const run = async (taskQueue: string, mode: 'on' | 'off') => {
    await server.during({ taskQueue, activities, plugins: [effects.plugin({ mode })] }, async () => {});
  };
  await run('off', 'off');
  expect(said()).toEqual([]);
  await run('first', 'on');
  await run('second', 'on');
  expect(said()).toMatchObject([{ level: 'INFO', meta: { hint: expect.stringContaining('runtimeOptions()') } }]);
});
