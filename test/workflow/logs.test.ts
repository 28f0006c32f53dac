import { DefaultLogger, type LogEntry, Runtime } from '@temporalio/worker';
import { withAgentTask } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';

const NAMESPACE = 'workflow-logs';
const entries: LogEntry[] = [];
const effects = new Effects();
let server: Server;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('INFO', (entry) => entries.push(entry)) });
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});

afterAll(async () => {
  await server?.close();
  effects.remove();
});

test("the application's log lines carry task, session and iteration, in workflows and activities", async () => {
  const plugin = effects.plugin();
  const workflowsPath = require.resolve('./workflows/index.ts');
  await server.during({ taskQueue: 'logs', workflowsPath, activities, plugins: [plugin] }, async () => {
    await withAgentTask({ taskType: 'research', taskId: 'ticket-1', sessionId: 'session-1' }, () =>
      server.clientWith(plugin).workflow.execute('logging', { workflowId: 'logs', taskQueue: 'logs' }),
    );
  });
  const task = { taskType: 'research', taskId: 'ticket-1', sessionId: 'session-1', workflowId: 'logs' };
  const meta = (message: string) => entries.find((entry) => entry.message === message)?.meta;
  expect(meta('begun')).toMatchObject({ ...task, iteration: 0 });
  expect(meta('searching')).toMatchObject({ ...task, iteration: 1, activityType: 'search' });
  // What the application says itself stands.
  expect(meta('called')).toMatchObject({ ...task, iteration: 1, taskId: 'own value', more: 1 });
});
