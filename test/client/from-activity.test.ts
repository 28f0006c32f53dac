import { Context } from '@temporalio/activity';
import { SEARCH_ATTRIBUTES, withAgentTask } from 'temporal-agent-observability';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { namesOf } from './support';

const NAMESPACE = 'client-from-activity';
const TASK = { taskType: 'research', taskId: 'ticket-1', sessionId: 'session-1' };

const activities = {
  /** By the worker's own client. */
  async startOther(workflowId: string): Promise<void> {
    const { client } = Context.current();
    const options = { taskQueue: 'nobody' };
    await client.workflow.start('other', { workflowId, ...options });
    await withAgentTask({ taskId: 'of the activity' }, () =>
      client.workflow.start('other', { workflowId: `${workflowId}-named`, ...options }),
    );
  },
};

let server: Server;
const effects = new Effects();

beforeAll(async () => {
  quietRuntime();
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  server = await Server.connect(address, NAMESPACE);
});

afterAll(async () => {
  await server.close();
  effects.remove();
});

test('a workflow that an activity starts inherits task and session, not the task type', async () => {
  const plugin = effects.plugin({ correlation: { taskId: 'default' } });
  const options = {
    taskQueue: 'starter',
    workflowsPath: require.resolve('./workflows/index.ts'),
    activities,
    plugins: [plugin],
  };
  await server.during(options, async () => {
    await vi.waitFor(async () => expect(await effects.metric('search_attributes_enabled')).toBe(1));
    await withAgentTask(TASK, () =>
      server.clientWith(plugin).workflow.execute('starter', {
        workflowId: 'starter',
        taskQueue: 'starter',
        args: ['other'],
      }),
    );
  });
  expect(await namesOf(server.client.workflow.getHandle('other'))).toEqual({
    header: { taskId: 'ticket-1', sessionId: 'session-1', startedAt: expect.any(Number) },
    attributes: {
      AgentTaskType: 'other',
      AgentTaskId: 'ticket-1',
      AgentSessionId: 'session-1',
      AgentTaskStartedAt: expect.any(String),
    },
  });
  const named = await namesOf(server.client.workflow.getHandle('other-named'));
  expect(named.header).toMatchObject({ taskId: 'of the activity', sessionId: 'session-1' });
});
