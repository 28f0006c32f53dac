import { Client, WithStartWorkflowOperation, type WorkflowStartOptions } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';
import { SEARCH_ATTRIBUTES, startAgent, withAgentTask } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { type Named, namesOf, namesOfSchedule } from './support';

const NAMESPACE = 'client-starts';
const BARE = 'client-starts-bare';
const TASK = { taskType: 'research', taskId: 'ticket-1', sessionId: 'session-1' };
/** A task queue that nobody works on: what matters here is how workflows start. */
const taskQueue = 'nobody';

let server: Server;
let bare: Server;
let effects: Effects;
let client: Client;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await createNamespace(address, BARE);
  await registerSearchAttributes(address, NAMESPACE, [...SEARCH_ATTRIBUTES, { name: 'Users', type: 'Keyword' }]);
  server = await Server.connect(address, NAMESPACE);
  bare = await Server.connect(address, BARE);
});

afterAll(async () => {
  await server.close();
  await bare.close();
});

beforeEach(() => {
  effects = new Effects();
  client = server.clientWith(effects.plugin());
});

afterEach(() => {
  effects.remove();
});

const inTask = <T>(fn: () => Promise<T>) => withAgentTask(TASK, fn);

/** Options of a start that say when the run starts. */
type Start = Pick<WorkflowStartOptions, 'startDelay' | 'cronSchedule'>;

/** Everything that starts a workflow, each leading to the names that it was given. */
const STARTS: Readonly<Record<string, (to: Client, workflowId: string, more?: Start) => Promise<Named>>> = {
  start: async (to, workflowId, more) =>
    namesOf(await inTask(() => to.workflow.start('agent', { workflowId, taskQueue, ...more }))),

  startAgent: async (to, workflowId, more) =>
    namesOf(await startAgent(to, 'agent', { workflowId, taskQueue, agentTask: TASK, ...more })),

  'startAgent with a WorkflowClient': async (to, workflowId, more) =>
    namesOf(await startAgent(to.workflow, 'agent', { workflowId, taskQueue, agentTask: TASK, ...more })),

  signalWithStart: async (to, workflowId, more) =>
    namesOf(await inTask(() => to.workflow.signalWithStart('agent', { workflowId, taskQueue, signal: 'go', ...more }))),

  updateWithStart: async (to, workflowId) => {
    const startWorkflowOperation = new WithStartWorkflowOperation('agent', {
      workflowId,
      taskQueue,
      workflowIdConflictPolicy: 'FAIL',
    });
    // Nobody works on the task queue, so that the update is never accepted; the workflow starts all the same.
    inTask(() => to.workflow.executeUpdateWithStart('go', { startWorkflowOperation })).catch(() => {});
    const handle = to.workflow.getHandle(workflowId);
    for (;;) {
      const names = await namesOf(handle).catch(() => undefined);
      if (names !== undefined) {
        await handle.terminate();
        return names;
      }
    }
  },
};

describe.each(Object.entries(STARTS))('%s', (_, start) => {
  test('carries header and search attributes', async () => {
    const before = Date.now();
    const { header, attributes } = await start(client, `named-${_}`);
    expect(header).toEqual({ ...TASK, startedAt: expect.any(Number) });
    expect(header.startedAt).toBeGreaterThanOrEqual(before);
    expect(attributes).toEqual({
      AgentTaskType: 'research',
      AgentTaskId: 'ticket-1',
      AgentSessionId: 'session-1',
      AgentTaskStartedAt: new Date(Number(header.startedAt)).toISOString(),
    });
  });

  test('carries the header alone where the attributes are not registered', async () => {
    const { header, attributes } = await start(bare.clientWith(effects.plugin()), `bare-${_}`);
    expect(header).toEqual({ ...TASK, startedAt: expect.any(Number) });
    expect(attributes).toEqual({});
  });
});

// The server takes neither option with an update.
describe.each(Object.entries(STARTS).filter(([name]) => name !== 'updateWithStart'))('%s', (_, start) => {
  test('of a run that is to start later carries that time', async () => {
    const before = Date.now();
    const { header, attributes } = await start(client, `delayed-${_}`, { startDelay: '1 hour' });
    expect(header.startedAt).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(header.startedAt).toBeLessThanOrEqual(Date.now() + 3_600_000);
    expect(attributes.AgentTaskStartedAt).toBe(new Date(Number(header.startedAt)).toISOString());
  });

  test('of a run that starts again and again carries no time', async () => {
    const { header, attributes } = await start(client, `cron-${_}`, { cronSchedule: '@daily' });
    expect(header).toEqual(TASK);
    expect(attributes).not.toHaveProperty('AgentTaskStartedAt');
  });
});

describe('schedule.create', () => {
  const create = (to: Client, scheduleId: string) =>
    inTask(() =>
      to.schedule.create({
        scheduleId,
        spec: { intervals: [{ every: '1 day' }] },
        state: { paused: true },
        action: { type: 'startWorkflow', workflowType: 'agent', taskQueue },
      }),
    );

  test('names the starts to come, without a start of the task', async () => {
    await create(client, 'named');
    expect(await namesOfSchedule(client, 'named')).toEqual({
      header: TASK,
      attributes: { AgentTaskType: 'research', AgentTaskId: 'ticket-1', AgentSessionId: 'session-1' },
    });
  });

  test('carries the header alone where the attributes are not registered', async () => {
    const bareClient = bare.clientWith(effects.plugin());
    await create(bareClient, 'bare');
    expect(await namesOfSchedule(bareClient, 'bare')).toEqual({ header: TASK, attributes: {} });
  });
});

test('started agents are found by their task in visibility', async () => {
  await withAgentTask({ taskId: 'findable' }, () => client.workflow.start('agent', { workflowId: 'found', taskQueue }));
  await expect
    .poll(async () => (await client.workflow.count("AgentTaskId = 'findable' AND AgentTaskType = 'agent'")).count)
    .toBe(1);
});

describe("the user's own search attributes", () => {
  const typed = defineSearchAttributeKey('Users', 'KEYWORD');
  const taskId = defineSearchAttributeKey('AgentTaskId', 'KEYWORD');

  test.each([
    ['typed', new TypedSearchAttributes([{ key: typed, value: 'own' }])],
    ['pairs', [{ key: typed, value: 'own' }]],
  ])('stay beside ours: %s', async (kind, typedSearchAttributes) => {
    const options = { workflowId: `own-${kind}`, taskQueue, typedSearchAttributes };
    const { attributes } = await namesOf(await inTask(() => client.workflow.start('agent', options)));
    expect(attributes).toMatchObject({ Users: 'own', AgentTaskType: 'research', AgentTaskId: 'ticket-1' });
  });

  test('of the deprecated form stay beside ours', async () => {
    const options = { workflowId: 'own-legacy', taskQueue, searchAttributes: { Users: ['own'] } };
    const { attributes } = await namesOf(await inTask(() => client.workflow.start('agent', options)));
    expect(attributes).toMatchObject({ Users: ['own'], AgentTaskType: 'research', AgentTaskId: 'ticket-1' });
  });

  test.each([
    ['typed', { typedSearchAttributes: [{ key: taskId, value: 'of the user' }] }, 'of the user'],
    ['legacy', { searchAttributes: { AgentTaskId: ['of the user'] } }, ['of the user']],
  ])('win where they are ours: %s', async (kind, own, value) => {
    const options = { workflowId: `wins-${kind}`, taskQueue, ...own };
    const { attributes } = await namesOf(await inTask(() => client.workflow.start('agent', options)));
    expect(attributes).toMatchObject({ AgentTaskId: value, AgentSessionId: 'session-1' });
  });
});

describe('options of the plugin', () => {
  test('give names where nobody else does', async () => {
    const plugin = effects.plugin({
      correlation: { taskId: 'default-task', sessionId: 'default-session' },
      taskType: { agent: 'default-type' },
    });
    const to = server.clientWith(plugin);
    const plain = await to.workflow.start('agent', { workflowId: 'defaults', taskQueue });
    expect(await namesOf(plain)).toMatchObject({
      header: { taskType: 'default-type', taskId: 'default-task', sessionId: 'default-session' },
      attributes: { AgentTaskType: 'default-type', AgentTaskId: 'default-task', AgentSessionId: 'default-session' },
    });
    const named = await withAgentTask({ taskId: 'own' }, () =>
      to.workflow.start('agent', { workflowId: 'not-defaults', taskQueue }),
    );
    expect((await namesOf(named)).header).toMatchObject({ taskType: 'default-type', taskId: 'own' });
  });

  test.each([
    ['exclude', { workflows: { exclude: ['agent'] } }],
    ['include', { workflows: { include: ['other'] } }],
    ["mode 'off'", { mode: 'off' as const }],
  ])('that leave a workflow type out leave its starts alone: %s', async (name, options) => {
    const to = server.clientWith(effects.plugin(options));
    const handle = await inTask(() => to.workflow.start('agent', { workflowId: `left-out-${name}`, taskQueue }));
    expect(await namesOf(handle)).toEqual({ header: {}, attributes: {} });
  });

  test('that let no new run write keep the names in the header', async () => {
    const to = server.clientWith(effects.plugin({ mode: 'drain' }));
    const handle = await inTask(() => to.workflow.start('agent', { workflowId: 'draining', taskQueue }));
    expect(await namesOf(handle)).toMatchObject({ header: TASK, attributes: {} });
  });

  test('that leave attributes out leave them out here', async () => {
    const to = server.clientWith(effects.plugin({ searchAttributes: { include: ['AgentSessionId'] } }));
    const handle = await inTask(() => to.workflow.start('agent', { workflowId: 'fewer', taskQueue }));
    const { attributes } = await namesOf(handle);
    expect(attributes).toEqual({ AgentTaskType: 'research', AgentSessionId: 'session-1' });
  });
});

test('an id longer than visibility stores is cut in the attribute, and whole in the header', async () => {
  const ids = ['a', 'b'].map((end) => 'x'.repeat(300) + end);
  const named = await Promise.all(
    ids.map((taskId, i) =>
      startAgent(client, 'agent', { workflowId: `long-${i}`, taskQueue, agentTask: { taskId } }).then(namesOf),
    ),
  );
  expect(named.map(({ header }) => header.taskId)).toEqual(ids);
  const values = named.map(({ attributes }) => String(attributes.AgentTaskId));
  expect(values.map(({ length }) => length)).toEqual([255, 255]);
  expect(new Set(values).size).toBe(2);
});

test('a namespace that cannot be asked costs the attributes, never the start', async () => {
  const { connection } = server.client;
  const refusing = new Proxy(connection, {
    get(target, key) {
      if (key === 'operatorService') return { listSearchAttributes: () => Promise.reject(new Error('denied')) };
      if (key !== 'workflowService') return Reflect.get(target, key);
      const service = Reflect.get(target, key);
      return new Proxy(service, {
        get: (own, method) =>
          method === 'getSearchAttributes' ? () => Promise.reject(new Error('denied')) : Reflect.get(own, method),
      });
    },
  });
  const to = new Client({ connection: refusing, namespace: NAMESPACE, plugins: [effects.plugin()] });
  const handle = await inTask(() => to.workflow.start('agent', { workflowId: 'denied', taskQueue }));
  const { header, attributes } = await namesOf(handle);
  expect(header).toMatchObject(TASK);
  expect(attributes).toEqual({});
  expect(effects.internalErrors).toMatchObject([{ part: 'client', error: 'Error: denied' }]);
});
