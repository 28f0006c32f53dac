import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';

const NAMESPACE = 'transforms-oversized';
const workflowsPath = require.resolve('./workflows/index.ts');
const LARGE = 100_000;
const HUGE = 600_000;

const effects = new Effects();
let server: Server;
let workflowBundle: WorkflowBundle;
let runs = 0;

beforeAll(async () => {
  const logger = quietRuntime();
  workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins: [effects.plugin()], logger });
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});

afterAll(async () => {
  expect(await effects.observerErrors()).toEqual({});
  await server?.close();
  effects.remove();
});

/** What is found about a run with this input. */
async function foundIn(workflow: string, args: unknown[], options: Partial<WorkerOptions> = {}) {
  const taskQueue = `oversized-${++runs}`;
  await server.during({ taskQueue, workflowBundle, activities, plugins: [effects.plugin()], ...options }, () =>
    server.client.workflow.execute(workflow, { workflowId: taskQueue, taskQueue, args }),
  );
  return effects.findings('tool-output-oversized').filter(({ workflowId }) => workflowId === taskQueue);
}

describe('a large output that goes to the model as it is', () => {
  test.each([
    ['as the content of a message', 'asItIs', 'readPage'],
    ['inside a prompt', 'inAPrompt', 'readPage'],
    ['out of what the tool wraps it in', 'unwrapped', 'search'],
    ['as a part of the arguments', 'asObject', 'search'],
    ['as JSON in a message', 'asText', 'search'],
    ['from a local activity', 'fromLocal', 'readPage'],
    ['to a local activity', 'toLocal', 'readPage'],
  ])('is found: %s', async (_, step, tool) => {
    expect(await foundIn('agent', [step, LARGE])).toMatchObject([
      { severity: 'warning', tool, activityType: 'callModel', thresholdBytes: 65_536, bytes: expect.any(Number) },
    ]);
  });

  test.each<[string, Partial<WorkerOptions>]>([
    ['without a cache', { maxCachedWorkflows: 0 }],
    ['in a context of its own', { reuseV8Context: false }],
  ])('is found once %s', async (_, options) => {
    expect(await foundIn('agent', ['asItIs', LARGE], options)).toHaveLength(1);
  });

  test('is found when it is too large to be read for anything else', async () => {
    expect(await foundIn('agent', ['asText', HUGE])).toHaveLength(1);
  });

  test('is found in each run of a task', async () => {
    expect(await foundIn('again', ['asItIs', LARGE, 2], { maxCachedWorkflows: 0 })).toHaveLength(2);
  });

  test('is found above the threshold that the options say', async () => {
    const plugins = [effects.plugin({ thresholds: { toolOutputBytes: 1_000 } })];
    const lower = await bundleWorkflowCode({ workflowsPath, plugins, logger: quietRuntime() });
    expect(await foundIn('agent', ['asItIs', 2_000], { workflowBundle: lower, plugins })).toHaveLength(1);
  });
});

describe('nothing is found about', () => {
  test.each([
    ['a small output', 'asItIs', 1_000],
    ['a small object', 'asText', 1_000],
    ['a large output that a transform shortens', 'transformed', LARGE],
    ['a large object of which a transform takes a part', 'titles', LARGE],
    ['a large output that the loop itself shortens', 'shortenedByHand', LARGE],
    ['a large output that goes elsewhere', 'elsewhere', LARGE],
    ['a conversation that grows beyond the output, by shortened ones of one character', 'conversation', LARGE],
    ['what the workflow allows', 'allowed', LARGE],
  ])('%s', async (_, step, characters) => {
    expect(await foundIn('agent', [step, characters])).toEqual([]);
  });
});
