import type { WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { TRANSFORM_UNKNOWN } from 'temporal-agent-observability/workflow';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { Effects, Server } from '../plugin/observed';
import { replay, withoutOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { activities } from './activities';

const NAMESPACE = 'transforms';
const workflowsPath = require.resolve('./workflows/index.ts');
const KNOWN = 'head, link, strict, titles';

let server: Server;
let effects: Effects;
/** Bundles with the plugin and without it. */
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

afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

/** Runs a workflow on a worker of its own and returns what became of it. */
async function run(workflow: string, args: unknown[], options: Partial<WorkerOptions> = {}) {
  const taskQueue = `transforms-${++count}`;
  const worker = { taskQueue, activities, workflowBundle: observed, plugins: [effects.plugin()], ...options };
  return server.during(worker, async () => {
    const handle = await server.client.workflow.start(workflow, { workflowId: taskQueue, taskQueue, args });
    const outcome = await handle.result().then(
      (result) => ({ result, error: undefined }),
      (error) => ({
        result: undefined,
        error: (error as WorkflowFailedError).cause as Error & Record<string, unknown>,
      }),
    );
    return { ...outcome, workflowId: taskQueue, history: await handle.fetchHistory() };
  });
}

const bytes = (transform: string, stage: string) =>
  effects.metric('transform_bytes_sum', { transform: `${transform}`, stage });

describe('a name that is registered', () => {
  test('is applied, with its arguments, and its sizes are counted', async () => {
    const { result } = await run('sharedLoop', ['head', 'x'.repeat(5_000), { chars: 20 }]);
    expect(result).toBe('x'.repeat(20));
    expect(await bytes('head', 'before')).toBe(5_002);
    expect(await bytes('head', 'after')).toBe(22);
    expect(await effects.metric('findings_total', { finding: 'transform-unknown' })).toBe(0);
    expect(await effects.observerErrors()).toEqual({});
  });

  test.each<[string, Partial<WorkerOptions>]>([
    ['without a cache', { maxCachedWorkflows: 0 }],
    ['in a context of its own', { reuseV8Context: false }],
  ])('is applied and counted once %s', async (_, options) => {
    const hits = [{ title: 'ä', text: 'long' }];
    const { result } = await run('sharedLoop', ['titles', hits], options);
    expect(result).toEqual(['ä']);
    expect(await effects.metric('transform_bytes_count', { transform: 'titles' })).toBe(2);
    expect(await bytes('titles', 'before')).toBe(Buffer.byteLength(JSON.stringify(hits)));
    expect(await bytes('titles', 'after')).toBe(Buffer.byteLength('["ä"]'));
  });

  test('has the type of its transform when it is applied through the handle', async () => {
    const { result } = await run('typed', [[{ title: 'a', text: 'b' }]]);
    expect(result).toEqual(['a']);
  });

  test('is applied when the modules are preloaded, run after run', async () => {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath,
      preloadModules: [require.resolve('./workflows/transforms.ts')],
      plugins: [effects.plugin()],
      logger: quietRuntime(),
    });
    for (const text of ['abc', 'def']) {
      const { result } = await run('sharedLoop', ['head', text, { chars: 1 }], { workflowBundle });
      expect(result).toBe(text.slice(0, 1));
    }
    const { error } = await run('sharedLoop', ['gone', 'abc'], { workflowBundle });
    expect(error?.message).toContain(KNOWN);
  });

  test('fails the run with its own error, untouched', async () => {
    const { error } = await run('sharedLoop', ['strict', 'x']);
    expect(error).toMatchObject({ message: 'the page has no table', type: 'NoTable' });
    expect(effects.findings('transform-unknown')).toEqual([]);
  });
});

describe('a name that is not registered', () => {
  test.each<[string, Partial<WorkerOptions>]>([
    ['with a cache', {}],
    ['without a cache', { maxCachedWorkflows: 0 }],
  ])('fails the run at once and for good, lists the known ones, and is found once, %s', async (_, options) => {
    const { error, workflowId, history } = await run('sharedLoop', ['summary', 'x'], options);
    expect(error).toMatchObject({
      type: TRANSFORM_UNKNOWN,
      nonRetryable: true,
      message: `Transform "summary" is not registered in the workflow code of this worker; registered: ${KNOWN}`,
    });
    expect(history.events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
    expect(effects.findings('transform-unknown')).toMatchObject([
      { severity: 'critical', workflowId, transform: '"summary"', registered: 4, fallback: 'error' },
    ]);
    expect(await effects.metric('findings_total', { finding: 'transform-unknown', severity: 'critical' })).toBe(1);
    expect(await effects.metric('transform_bytes_count')).toBe(0);
  });

  test('leaves the output as it is when the caller chose so, and is found', async () => {
    const { result } = await run('sharedLoop', ['summary', { a: 1 }, null, 'untransformed']);
    expect(result).toEqual({ a: 1 });
    expect(effects.findings('transform-unknown')).toMatchObject([{ fallback: 'untransformed' }]);
  });

  test('is replaced by the function that the caller gave, and is found', async () => {
    const { result } = await run('withFallbackFunction', ['abcdef']);
    expect(result).toBe('abc');
    expect(effects.findings('transform-unknown')).toMatchObject([{ transform: '"gone"', fallback: 'function' }]);
  });

  test('does not flood the findings, nor show what is no name', async () => {
    await run('makingNamesUp', [40]);
    const found = effects.findings('transform-unknown');
    expect(found).toHaveLength(17);
    expect(JSON.stringify(effects.logger.lines)).not.toContain('France');
  });
});

test('the names are told at the first run, once', async () => {
  const taskQueue = 'transforms-told';
  await server.during({ taskQueue, workflowBundle: observed, activities, plugins: [effects.plugin()] }, async () => {
    for (const workflowId of ['told-1', 'told-2']) {
      await server.client.workflow.execute('typed', { workflowId, taskQueue, args: [[]] });
    }
    expect(await effects.metric('transforms_registered', { task_queue: taskQueue, transform: 'titles' })).toBe(1);
    expect(await effects.metric('transforms_registered')).toBe(4);
  });
  const told = effects.logger.lines.filter(({ meta }) => meta.transforms !== undefined);
  expect(told).toMatchObject([{ level: 'INFO', meta: { taskQueue, transforms: KNOWN } }]);
  expect(await effects.metric('transforms_registered')).toBe(0);
});

test('a definition inside a workflow function fails its tasks, and the run can go on once it is mended', async () => {
  const taskQueue = 'transforms-late';
  await server.during({ taskQueue, workflowBundle: observed, plugins: [effects.plugin()] }, async () => {
    const handle = await server.client.workflow.start('definingLate', { workflowId: taskQueue, taskQueue });
    await vi.waitFor(async () => {
      const failures = ((await handle.fetchHistory()).events ?? []).map(
        (event) => event.workflowTaskFailedEventAttributes?.failure?.message,
      );
      expect(failures).toContainEqual(expect.stringContaining('call it where a module is evaluated'));
    }, 20_000);
    await handle.terminate();
  });
});

describe('a bundle without the plugin', () => {
  test('transforms and fails all the same, with nothing to observe it', async () => {
    const workflowBundle = unobserved;
    const known = await run('sharedLoop', ['head', 'abc', { chars: 1 }], { workflowBundle, plugins: [] });
    expect(known.result).toBe('a');
    const { error } = await run('sharedLoop', ['summary', 'x'], { workflowBundle, plugins: [] });
    expect(error).toMatchObject({ type: TRANSFORM_UNKNOWN, nonRetryable: true });
    expect(effects.logger.lines).toEqual([]);
  });
});

test('nothing of it stands in history: runs replay with the plugin and without it', async () => {
  const runs = await Promise.all([
    run('sharedLoop', ['head', 'abc']),
    run('sharedLoop', ['summary', 'x']),
    run('sharedLoop', ['summary', 'x', null, 'untransformed']),
    run('agent', ['asItIs', 100_000]),
  ]);
  const bare = runs.map(({ workflowId, history }) => ({ workflowId, history: withoutOurs(history) }));
  expect(await replay({ workflowBundle: unobserved }, bare)).toEqual([]);
  expect(await replay({ workflowBundle: observed, plugins: [effects.plugin()] }, [...runs, ...bare])).toEqual([]);
});
