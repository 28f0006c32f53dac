import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { type AgentIdentity, SEARCH_ATTRIBUTES, withAgentTask } from 'temporal-agent-observability';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { countOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { activities } from './activities';

const NAMESPACE = 'workflow-agent-state';
const taskQueue = 'agents';
const TASK = { taskType: 'research', taskId: 'ticket-1', sessionId: 'session-1' };

const effects = new Effects();
const plugin = effects.plugin({ taskType: { child: 'helper' } });
let server: Server;
let stop: () => Promise<void>;
let runs = 0;

beforeAll(async () => {
  quietRuntime();
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  server = await Server.connect(address, NAMESPACE);
  const workflowsPath = require.resolve('./workflows/index.ts');
  const workflowBundle: WorkflowBundle = await bundleWorkflowCode({
    workflowsPath,
    plugins: [plugin],
    logger: quietRuntime(),
  });
  const worker = await server.worker({ taskQueue, workflowBundle, activities, plugins: [plugin] });
  const done = worker.run();
  stop = async () => {
    worker.shutdown();
    await done;
  };
  await vi.waitFor(async () => expect(await effects.metric('search_attributes_enabled')).toBe(1));
});

afterAll(async () => {
  await stop?.();
  await server?.close();
  effects.remove();
});

/** Runs a workflow to its end, and returns what became of it. */
async function run(workflow: string, args: readonly unknown[], task: AgentIdentity = {}) {
  const workflowId = `${workflow}-${++runs}`;
  const client = server.clientWith(plugin);
  const handle = await withAgentTask(task, () =>
    client.workflow.start(workflow, { workflowId, taskQueue, args: [...args] }),
  );
  const result: unknown = await handle.result();
  const last = client.workflow.getHandle(workflowId);
  return { workflowId, result, attributes: await attributesOf(workflowId), ours: countOurs(await last.fetchHistory()) };
}

async function attributesOf(workflowId: string): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await server.client.workflow.getHandle(workflowId).describe();
  const ours = typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Agent'));
  return Object.fromEntries(ours.map(({ key, value }) => [key.name, value]));
}

const MODEL = { AgentModel: 'gpt-4o-mini-2024-07-18' };

describe('iteration, tokens, model and last tool', () => {
  test.each<[string, readonly string[], Record<string, unknown>]>([
    [
      'tools alone are no turns and have no tokens',
      ['search', 'read'],
      { AgentIteration: 0, AgentLastTool: 'readPage' },
    ],
    ['a model call is a turn, and no tool', ['model'], { AgentIteration: 1, AgentTokens: 25, ...MODEL }],
    [
      'a model call after a tool leaves the tool the last',
      ['search', 'model'],
      { AgentIteration: 1, AgentTokens: 25, AgentLastTool: 'search', ...MODEL },
    ],
    [
      'turns and tokens add up',
      ['model', 'read', 'model', 'search', 'model'],
      { AgentIteration: 3, AgentTokens: 75, AgentLastTool: 'search', ...MODEL },
    ],
    [
      'a model activity of an integration is no tool, whatever it returns',
      ['search', 'invokeModel'],
      { AgentIteration: 0, AgentLastTool: 'search' },
    ],
    [
      'a tool of an MCP server has the name in its arguments',
      ['read', 'mcp'],
      { AgentIteration: 0, AgentLastTool: 'lookup' },
    ],
    [
      'a tool that is used again is the last again',
      ['search', 'read', 'search'],
      { AgentIteration: 0, AgentLastTool: 'search' },
    ],
    [
      'local activities count',
      ['model', 'local model', 'local search'],
      { AgentIteration: 2, AgentTokens: 50, AgentLastTool: 'search', ...MODEL },
    ],
  ])('%s', async (_, steps, expected) => {
    const { attributes } = await run('steps', steps);
    expect(attributes).toEqual({ AgentTaskType: 'steps', AgentTaskStartedAt: expect.any(Date), ...expected });
  });

  test('local activities change values, never positions', async () => {
    const alone = await run('steps', ['model', 'search', 'model']);
    const mixed = await run('steps', ['local model', 'model', 'local search', 'search', 'local model', 'model']);
    expect(mixed.ours).toEqual(alone.ours);
    expect((await run('steps', ['local model', 'local search'])).ours).toEqual({ markers: 1, upserts: 0 });
  });
});

describe('setAgentTask', () => {
  test('names the task from now on; what it leaves out or cannot use stays', async () => {
    const { result, attributes } = await run('naming', ['writing', 'ticket-2'], {
      taskId: 'ticket-1',
      sessionId: 'session-1',
    });
    expect(result).toMatchObject({
      before: { taskType: 'naming', taskId: 'ticket-1', sessionId: 'session-1' },
      after: { taskType: 'writing', taskId: 'ticket-2', sessionId: 'session-1' },
      last: { taskType: 'writing', taskId: 'ticket-2', sessionId: 'named-session' },
    });
    expect(attributes).toMatchObject({
      AgentTaskType: 'writing',
      AgentTaskId: 'ticket-2',
      AgentSessionId: 'named-session',
    });
  });

  test('does nothing where the bundle was built without the plugin', async () => {
    const workflowsPath = require.resolve('./workflows/index.ts');
    await server.during({ taskQueue: 'without', workflowsPath, activities }, async () => {
      const start = { workflowId: 'without', taskQueue: 'without', args: ['writing', 'ticket-2'] };
      expect(await server.client.workflow.execute('naming', start)).toEqual({});
    });
  });

  test('adds nothing to history', async () => {
    const { ours } = await run('naming', ['writing', 'ticket-2']);
    expect(ours).toEqual((await run('steps', ['read', 'read', 'read'])).ours);
  });
});

test('continue-as-new carries everything on', async () => {
  const startedAt = Date.now();
  const { result, attributes } = await run('longRunner', [3], TASK);
  expect(result).toMatchObject({ ...TASK, iteration: 4 });
  expect(attributes).toEqual({
    AgentTaskType: 'research',
    AgentTaskId: 'ticket-1',
    AgentSessionId: 'session-1',
    AgentIteration: 4,
    AgentTokens: 100,
    AgentLastTool: 'whoami',
    AgentTaskStartedAt: expect.any(Date),
    ...MODEL,
  });
  // Not the start of the third run, which came after model calls of its predecessors.
  const [first] = (await effects.records(NAMESPACE, `longRunner-${runs}`)).records;
  const started = (attributes.AgentTaskStartedAt as Date).getTime();
  expect(started).toBeGreaterThanOrEqual(startedAt);
  expect(started).toBeLessThanOrEqual(first?.startedAtMs ?? 0);
});

describe('the start of a task that was to start later', () => {
  const begin = async (startDelay: number) => {
    const workflowId = `delayed-${++runs}`;
    const start = { workflowId, taskQueue, args: ['search'], startDelay };
    return server.clientWith(plugin).workflow.start('steps', start);
  };
  const startOf = async ({ workflowId }: { readonly workflowId: string }) => {
    const started = (await attributesOf(workflowId)).AgentTaskStartedAt as Date;
    const [first] = (await effects.records(NAMESPACE, workflowId)).records;
    return { started: started.getTime(), called: first?.startedAtMs ?? expect.fail('no record') };
  };

  test('is when it could', async () => {
    const before = Date.now();
    const handle = await begin(1000);
    await handle.result();
    const { started, called } = await startOf(handle);
    expect(started).toBeGreaterThanOrEqual(before + 1000);
    expect(started).toBeLessThanOrEqual(called);
  });

  test('is when it did, where the delay was ended before its time', async () => {
    const before = Date.now();
    const handle = await begin(3_600_000);
    const { workflowId } = handle;
    const start = { workflowId, taskQueue, args: ['search'], signal: 'go' };
    await server.client.workflow.signalWithStart('steps', start);
    await handle.result();
    const { started, called } = await startOf(handle);
    expect(started).toBeGreaterThanOrEqual(before);
    expect(started).toBeLessThanOrEqual(called);
  });
});

test('each run by a cron schedule is a task of its own, which starts when its turn comes', async () => {
  const workflowId = `cron-${++runs}`;
  const start = { workflowId, taskQueue, args: ['search'], cronSchedule: '@every 2s' };
  const { firstExecutionRunId } = await server.clientWith(plugin).workflow.start('steps', start);
  const latest = server.client.workflow.getHandle(workflowId);
  const second = await vi.waitFor(
    async () => {
      const { runId } = await latest.describe();
      const { AgentTaskStartedAt: started } = await attributesOf(workflowId);
      if (runId === firstExecutionRunId || !(started instanceof Date)) throw new Error('it has not begun');
      return { runId, started };
    },
    { timeout: 20_000, interval: 50 },
  );
  const { executionTime } = await server.client.workflow.getHandle(workflowId, second.runId).describe();
  await latest.terminate();
  expect(second.started.getTime()).toBeGreaterThanOrEqual(executionTime?.getTime() ?? expect.fail());
});

test('a child inherits task and session, and is a task of its own', async () => {
  const { workflowId, result } = await run('parent', [], TASK);
  expect(result).toMatchObject({ taskType: 'helper', taskId: 'ticket-1', sessionId: 'session-1', iteration: 0 });
  const child = await attributesOf(`${workflowId}-child`);
  expect(child).toMatchObject({
    AgentTaskType: 'helper',
    AgentTaskId: 'ticket-1',
    AgentSessionId: 'session-1',
    AgentIteration: 0,
  });
  expect(child).not.toHaveProperty('AgentTokens');
  const parent = await attributesOf(workflowId);
  expect(parent).toMatchObject({ AgentTaskType: 'research', AgentIteration: 1 });
  expect(child.AgentTaskStartedAt).not.toEqual(parent.AgentTaskStartedAt);
});

test('an id longer than visibility stores fails no workflow task, and stays the same and findable', async () => {
  const taskId = 'x'.repeat(400);
  const { attributes } = await run('steps', ['search'], { taskId });
  const stored = String(attributes.AgentTaskId);
  expect(stored).toHaveLength(255);
  const second = await run('naming', ['writing', taskId]);
  expect(second.attributes.AgentTaskId).toBe(stored);
  await expect.poll(async () => (await server.client.workflow.count(`AgentTaskId = '${stored}'`)).count).toBe(2);
});

test('values that cannot be built cost the values, not the write: the task type is there', async () => {
  const { result, attributes, ours } = await run('sabotaged', []);
  expect(result).toBe('done');
  expect(attributes).toMatchObject({ AgentTaskType: 'sabotaged' });
  expect(ours).toEqual((await run('steps', ['search', 'search'])).ours);
  expect(await effects.metric('observer_errors_total', { part: 'workflow' })).toBeGreaterThan(0);
  expect(effects.internalErrors).toMatchObject([{ part: 'workflow', error: expect.stringContaining('no dates here') }]);
});

test('a detector that throws is counted, and the run goes on as it is observed', async () => {
  const before = await effects.metric('observer_errors_total', { part: 'workflow' });
  const { result, attributes } = await run('armedOptions', []);
  expect(result).toBe('done');
  expect(attributes).toMatchObject({ AgentIteration: 1 });
  expect(await effects.metric('observer_errors_total', { part: 'workflow' })).toBeGreaterThan(before);
  expect(effects.internalErrors.at(-1)).toMatchObject({
    part: 'workflow',
    error: expect.stringContaining('these options are armed'),
  });
});
