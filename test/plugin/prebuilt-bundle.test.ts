import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { countOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { activities } from './activities';
import { Effects, Server } from './observed';

const NAMESPACE = 'plugin-prebuilt-bundle';
const workflowsPath = require.resolve('./workflows/index.ts');

let server: Server;
let effects: Effects;

beforeAll(async () => {
  quietRuntime();
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  server = await Server.connect(address, NAMESPACE);
});

afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
});

afterEach(() => effects.remove());

const levels = (level: string) => effects.logger.lines.filter((line) => line.level === level);

async function runAgent(taskQueue: string, workflowBundle: WorkflowBundleOption, gateIsOpen: boolean) {
  const options = { taskQueue, workflowBundle, activities, plugins: [effects.plugin()] };
  return server.during(options, async () => {
    await vi.waitFor(async () => expect(await effects.metric('search_attributes_enabled')).toBe(Number(gateIsOpen)));
    const start = { workflowId: taskQueue, taskQueue, args: ['birds'] };
    const handle = await server.client.workflow.start('agent', start);
    expect(await handle.result()).toBe('ok');
    const { typedSearchAttributes } = await handle.describe();
    const attributes = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    return { ours: countOurs(await handle.fetchHistory()), attributes };
  });
}

test('a bundle built with the plugin is observed, from memory and from a file', async () => {
  const bundle = await bundleWorkflowCode({ workflowsPath, plugins: [effects.plugin()], logger: quietRuntime() });
  const codePath = path.join(effects.directory, 'bundle.js');
  writeFileSync(codePath, bundle.code);
  for (const [taskQueue, option] of [
    ['code', bundle],
    ['code-path', { codePath }],
  ] as const) {
    const { ours, attributes } = await runAgent(taskQueue, option, true);
    expect(ours).toEqual({ markers: 1, upserts: 3 });
    expect(attributes).toMatchObject({ AgentTaskType: 'agent', AgentIteration: 2, AgentTokens: 50 });
  }
  expect([...levels('WARN'), ...levels('ERROR')]).toEqual([]);
});

test('a bundle built without the plugin: said clearly, nothing is written, all else works', async () => {
  const bundle = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
  const { ours } = await runAgent('without', bundle, false);
  expect(ours).toEqual({ markers: 0, upserts: 0 });
  expect((await effects.records(NAMESPACE, 'without')).records).toHaveLength(3);

  expect(levels('ERROR')).toMatchObject([
    {
      message: 'Agent observability: the workflow bundle was built without the plugin',
      meta: { taskQueue: 'without', hint: 'Pass the same plugin to bundleWorkflowCode({ plugins: [...] }).' },
    },
  ]);
  expect(effects.findings('workflow-module-missing')).toHaveLength(1);
  expect(await effects.metric('findings_total', { finding: 'workflow-module-missing' })).toBe(1);
});

test('a bundle built with other search attributes: said clearly, and the bundle decides', async () => {
  const builder = effects.plugin({ searchAttributes: { include: ['AgentModel'] } });
  const bundle = await bundleWorkflowCode({ workflowsPath, plugins: [builder], logger: quietRuntime() });
  const { ours, attributes } = await runAgent('other-keys', bundle, true);
  expect(ours).toEqual({ markers: 1, upserts: 3 });
  expect(
    Object.keys(attributes)
      .filter((name) => name.startsWith('Agent'))
      .sort(),
  ).toEqual(['AgentModel', 'AgentTaskType']);
  expect(levels('WARN')).toMatchObject([
    {
      message: 'Agent observability: the workflow bundle was built with other search attributes than the options say',
      meta: { bundle: 'AgentTaskType, AgentModel', options: expect.stringContaining('AgentTokens') },
    },
  ]);
});

test('a bundle built with other thresholds: said clearly, but not of those that the bundle has no use for', async () => {
  const thresholds = { iterationCap: { default: 10, research: 20 }, tokenBudget: 1000, cancelIgnoredMs: 1000 };
  const builder = effects.plugin({ thresholds });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins: [builder], logger: quietRuntime() });
  const warnings = async (options: typeof thresholds) => {
    const plugins = [effects.plugin({ thresholds: options })];
    await server.during({ taskQueue: 'other-thresholds', workflowBundle, activities, plugins }, async () => {});
    return levels('WARN').splice(0);
  };
  const reordered = { ...thresholds, iterationCap: { research: 20, default: 10 } };
  expect(await warnings({ ...reordered, cancelIgnoredMs: 2000 })).toEqual([]);
  expect(await warnings({ ...thresholds, iterationCap: { default: 10, research: 30 } })).toMatchObject([
    {
      message: 'Agent observability: the workflow bundle was built with other thresholds than the options say',
      meta: { thresholds: 'iterationCap' },
    },
  ]);
});

test('a bundle whose file is not there is for Temporal to refuse', async () => {
  const options = {
    taskQueue: 'gone',
    workflowBundle: { codePath: '/nowhere/bundle.js' },
    plugins: [effects.plugin()],
  };
  await expect(server.worker(options)).rejects.toThrow('ENOENT');
});

test('a worker that runs no workflows has no bundle to miss', async () => {
  await server.during({ taskQueue: 'activities-only', activities, plugins: [effects.plugin()] }, async () => {});
  expect([...levels('WARN'), ...levels('ERROR')]).toEqual([]);
});
