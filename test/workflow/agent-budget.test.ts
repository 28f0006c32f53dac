import type { WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { AgentObservabilityPlugin, FINDINGS } from 'temporal-agent-observability';
import { AGENT_BUDGET_EXCEEDED, AGENT_BUDGET_INVALID } from 'temporal-agent-observability/workflow';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { fetchHistories, replay, withoutOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, startTemporalServer } from '../support/temporal-server';
import { activities } from './activities';

const NAMESPACE = 'agent-budget';
const workflowsPath = require.resolve('./budget/workflows.ts');

let server: Server;
let effects: Effects;
let observed: WorkflowBundle;
let unobserved: WorkflowBundle;
let count = 0;

beforeAll(async () => {
  const logger = quietRuntime();
  const plugins = [new AgentObservabilityPlugin({ metrics: 'off', content: 'off', logger })];
  observed = await bundleWorkflowCode({ workflowsPath, plugins, logger });
  unobserved = await bundleWorkflowCode({ workflowsPath, logger });
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});

afterAll(() => server?.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

/** Runs a workflow to its end on a worker of its own. */
async function run(workflow: string, args: unknown[], options: Partial<WorkerOptions> = {}, on = server) {
  const taskQueue = `budget-${++count}`;
  const worker = { taskQueue, activities, workflowBundle: observed, plugins: [effects.plugin()], ...options };
  return on.during(worker, async () => {
    const handle = await on.client.workflow.start(workflow, { workflowId: taskQueue, taskQueue, args });
    return { ...(await outcome(handle)), handle };
  });
}

async function outcome(handle: WorkflowHandle): Promise<{ result?: unknown; failure?: ApplicationFailure }> {
  try {
    return { result: await handle.result() };
  } catch (error) {
    return { failure: (error as WorkflowFailedError).cause as ApplicationFailure };
  }
}

const model = { iterations: 5, tokens: 125 };

describe('a cap on iterations', () => {
  test.each<[string, Partial<WorkerOptions>]>([
    ['with a cache', {}],
    ['without a cache', { maxCachedWorkflows: 0 }],
  ])('ends the run in a failure that is not retried, before one more call is made, %s', async (_, options) => {
    const { failure, handle } = await run('agent', [100, { maxIterations: 5 }], options);
    expect(failure).toMatchObject({
      type: AGENT_BUDGET_EXCEEDED,
      nonRetryable: true,
      message: 'Agent budget exceeded: 5 of 5 iterations and 125 tokens are used',
      details: [{ maxIterations: 5, used: model }],
    });
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(5);
    expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  });

  test('lets an agent that needs just as many end as it wants', async () => {
    const { result } = await run('agent', [5, { maxIterations: 5 }]);
    expect(result).toEqual({ left: { maxIterations: 5, used: model }, iterations: 0 });
  });

  test('can be caught by an agent that would rather say something', async () => {
    expect(await run('catching', [])).toMatchObject({ result: AGENT_BUDGET_EXCEEDED });
  });
});

describe('a cap on tokens', () => {
  test('ends the run when they are spent, and not while some are left', async () => {
    const { failure, handle } = await run('agent', [100, { maxTokens: 110 }]);
    expect(failure).toMatchObject({
      type: AGENT_BUDGET_EXCEEDED,
      message: 'Agent budget exceeded: 5 of 40 iterations and 125 of 110 tokens are used',
      details: [{ maxIterations: 40, maxTokens: 110, used: model }],
    });
    const { events } = await handle.fetchHistory();
    expect(events?.filter((event) => event.activityTaskScheduledEventAttributes)).toHaveLength(5);
  });

  test('does not end the run whose last call passed it and brought the answer', async () => {
    const { result } = await run('agent', [5, { maxTokens: 110 }]);
    expect(result).toMatchObject({ iterations: 35, tokens: 0 });
  });

  test('is not passed by tokens that are unknown: the cap on iterations is', async () => {
    const { failure } = await run('unmetered', [{ maxIterations: 3, maxTokens: 1 }]);
    expect(failure?.message).toBe(
      'Agent budget exceeded: 3 of 3 iterations are used, and an unknown number of 1 tokens',
    );
    expect(failure?.details).toEqual([{ maxIterations: 3, maxTokens: 1, used: { iterations: 3 } }]);
  });
});

describe('continue-as-new', () => {
  test('is advised after so many iterations of the run, and what is left is carried on', async () => {
    const { failure, handle } = await run('agent', [100, { maxIterations: 5, maxTokens: 9_000, continueAsNewAt: 2 }]);
    expect(failure?.message).toBe('Agent budget exceeded: 5 of 5 iterations and 125 of 9000 tokens are used');
    const histories = await fetchHistories(server.client, handle.workflowId, 3);
    const calls = histories.map(
      ({ history }) => history.events?.filter((event) => event.activityTaskScheduledEventAttributes).length,
    );
    expect(calls).toEqual([2, 2, 1]);
  });

  test('is not advised when nothing is left: the run fails where its history is', async () => {
    const { failure, handle } = await run('agent', [100, { maxIterations: 4, continueAsNewAt: 2 }]);
    expect(failure?.details).toEqual([{ maxIterations: 4, continueAsNewAt: 2, used: { iterations: 4, tokens: 100 } }]);
    expect(await fetchHistories(server.client, handle.workflowId, 2)).toHaveLength(2);
  });

  test('is advised when Temporal suggests it, and not before', async () => {
    const suggesting = await startTemporalServer({
      dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 20 },
    });
    const connected = await Server.connect(suggesting.address, 'default');
    try {
      const { result } = await run('untilSuggested', [{ maxIterations: 1 }], {}, connected);
      expect(result).toEqual({ before: false, after: true });
    } finally {
      await connected.close();
      await suggesting.stop();
    }
  });
});

test('a run that ends by its budget has no finding of its own', async () => {
  await run('agent', [100, { maxIterations: 5, maxTokens: 100_000 }]);
  expect(FINDINGS.flatMap(({ id }) => effects.findings(id))).toEqual([]);
  expect(await effects.observerErrors()).toEqual({});
});

test('without the plugin everything is the same', async () => {
  const plain = { workflowBundle: unobserved, plugins: [] };
  const { failure } = await run('agent', [100, { maxIterations: 5, continueAsNewAt: 2 }], plain);
  expect(failure).toMatchObject({
    type: AGENT_BUDGET_EXCEEDED,
    nonRetryable: true,
    details: [{ maxIterations: 5, continueAsNewAt: 2, used: model }],
  });
  expect(await run('agent', [5, { maxIterations: 5 }], plain)).toMatchObject({ result: { iterations: 0 } });
});

test('nothing of it stands in history: runs replay with the plugin and without it', async () => {
  const runs = [
    await run('agent', [100, { maxIterations: 5, continueAsNewAt: 2 }]),
    await run('agent', [100, { maxTokens: 110 }]),
    await run('unmetered', [{ maxIterations: 3 }]),
    await run('catching', []),
  ];
  const recorded = (
    await Promise.all(runs.map(({ handle }, i) => fetchHistories(server.client, handle.workflowId, i === 0 ? 3 : 1)))
  ).flat();
  expect(recorded).toHaveLength(6);
  const bare = recorded.map(({ workflowId, history }) => ({ workflowId, history: withoutOurs(history) }));
  expect(await replay({ workflowBundle: unobserved }, bare)).toEqual([]);
  expect(await replay({ workflowBundle: observed, plugins: [effects.plugin()] }, [...recorded, ...bare])).toEqual([]);
});

test('options that are none fail the run at once', async () => {
  const { failure, handle } = await run('agent', [1, { maxTokens: 'many' }]);
  expect(failure).toMatchObject({
    type: AGENT_BUDGET_INVALID,
    nonRetryable: true,
    message: 'agentBudget: maxTokens: expected a whole number of at least 0, got "many"',
  });
  const { events } = await handle.fetchHistory();
  expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
});
