import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { activities } from '../plugin/activities';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';

const NAMESPACE = 'model-sdk-in-bundle';
const callsModel = require.resolve('./workflows/calls-model.ts');
const typesOnly = require.resolve('./workflows/types-only.ts');

const OPENAI = {
  severity: 'critical',
  package: 'openai',
  importedBy: expect.stringMatching(/test\/detectors\/workflows\/model-client\.ts$/),
};

let server: Server;
let effects: Effects;
let project: string;

beforeAll(async () => {
  quietRuntime();
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});
afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
  project = mkdtempSync(path.join(tmpdir(), 'agent-project-'));
});
afterEach(() => {
  effects.remove();
  rmSync(project, { recursive: true, force: true });
});

/** Starts a worker with the plugin and gives what was found in its bundle. */
async function found(taskQueue: string, options: Partial<WorkerOptions>) {
  return server.during({ taskQueue, ...options, activities, plugins: [effects.plugin()] }, async () => {
    const findings = effects.findings('llm-in-workflow');
    expect(await effects.metric('findings_total', { finding: 'llm-in-workflow' })).toBe(findings.length);
    expect(await effects.observerErrors()).toEqual({});
    return findings;
  });
}

function bundle(workflowsPath: string, more: Partial<Parameters<typeof bundleWorkflowCode>[0]> = {}) {
  return bundleWorkflowCode({ workflowsPath, logger: quietRuntime(), ...more });
}

test('names the model SDK and the file that imports it, when the worker starts', async () => {
  const findings = await found('workflows-path', { workflowsPath: callsModel });
  expect(findings).toMatchObject([{ ...OPENAI, taskQueue: 'workflows-path' }]);
  const [line] = effects.logger.lines.filter(({ meta }) => meta.finding === 'llm-in-workflow');
  expect(line?.message).toMatch(
    /openai is part of the workflow bundle of task queue workflows-path: \S+model-client\.ts imports it$/,
  );
});

test('a run that calls the model all the same is explained by package and place', async () => {
  const options = { taskQueue: 'calls', workflowsPath: callsModel, activities, plugins: [effects.plugin()] };
  await server.during(options, async () => {
    const start = { workflowId: 'calls', taskQueue: 'calls', args: ['Hi'] };
    const handle = await server.client.workflow.start('agent', start);
    const ofRun = () => effects.findings('llm-in-workflow').filter((meta) => meta.workflowId === 'calls');
    await vi.waitFor(() => expect(ofRun()).toHaveLength(1), 20_000);
    const importedBy = expect.stringMatching(/model-client\.ts:\d+$/);
    expect(ofRun()).toMatchObject([{ api: 'fetch', package: 'openai', importedBy }]);
    await handle.terminate();
  });
});

test('finds it in a bundle that was built before, without the plugin', async () => {
  expect(await found('without', { workflowBundle: await bundle(callsModel) })).toMatchObject([OPENAI]);
});

test('finds it in the file of a bundle', async () => {
  const codePath = path.join(effects.directory, 'bundle.js');
  writeFileSync(codePath, (await bundle(callsModel, { plugins: [effects.plugin()] })).code);
  const options = { taskQueue: 'file', workflowBundle: { codePath }, plugins: [effects.plugin()] };
  await server.during(options, () =>
    vi.waitFor(() => expect(effects.findings('llm-in-workflow')).toMatchObject([OPENAI])),
  );
});

/** As in webpack's production mode, without the time that its minimising takes. */
const numbered: Parameters<typeof bundle>[1] = {
  webpackConfigHook: (config) => ({ ...config, optimization: { moduleIds: 'natural' } }),
};

test('finds it in a bundle whose modules have no names', async () => {
  const { code } = await bundle(callsModel, numbered);
  expect(code).not.toContain('"./node_modules/');
  expect(await found('numbered', { workflowBundle: { code } })).toMatchObject([OPENAI]);
});

test('imports for types alone leave nothing to find', async () => {
  expect(await found('types-only', { workflowsPath: typesOnly })).toEqual([]);
  expect(await found('types-only-numbered', { workflowBundle: await bundle(typesOnly, numbered) })).toEqual([]);
});

/** In the place of SDKs that are large; which package a module belongs to is all that counts. */
const SDKS = {
  ai: "exports.generateText = require('@ai-sdk/gateway').gateway; exports.customProvider = () => undefined;",
  '@ai-sdk/gateway': 'exports.gateway = () => undefined;',
  openai: 'exports.OpenAI = class OpenAI {};',
};

/** A project with packages of its own. */
function makeProject(workflows: string, packages: Readonly<Record<string, string>>): string {
  const installed = path.join(import.meta.dirname, '..', '..', 'node_modules', '@temporalio');
  const modules = path.join(project, 'node_modules');
  mkdirSync(path.join(modules, '@temporalio'), { recursive: true });
  for (const name of ['workflow', 'common', 'worker']) {
    symlinkSync(path.join(installed, name), path.join(modules, '@temporalio', name));
  }
  for (const [name, code] of Object.entries({ ...SDKS, ...packages })) {
    mkdirSync(path.join(modules, name), { recursive: true });
    writeFileSync(path.join(modules, name, 'index.js'), code);
  }
  const file = path.join(project, 'workflows.js');
  writeFileSync(file, workflows);
  return file;
}

test('an SDK that comes by way of another package is told once, with the way', async () => {
  const workflowsPath = makeProject("exports.agent = async () => require('agent-kit').run();", {
    'agent-kit': "const { OpenAI } = require('openai'); exports.run = () => new OpenAI();",
  });
  const findings = await found('by-way-of', { workflowsPath });
  expect(findings).toMatchObject([
    { package: 'openai', via: 'agent-kit', importedBy: expect.stringMatching(/workflows\.js$/) },
  ]);
});

test('what one SDK imports of others is not told beside it', async () => {
  const workflowsPath = makeProject("exports.agent = async () => require('ai').generateText({});", {});
  expect(await found('sdk-of-sdks', { workflowsPath })).toMatchObject([{ package: 'ai' }]);
});

test("an SDK beside Temporal's integration is told, the one that the integration stands on is not", async () => {
  const integration = { '@temporalio/ai-sdk': "exports.temporalProvider = require('ai').customProvider;" };
  const withIntegration = "const { temporalProvider } = require('@temporalio/ai-sdk'); const ai = require('ai');";
  const agent = 'exports.agent = async () => ai.generateText({ model: temporalProvider });';
  const workflowsPath = makeProject(`${withIntegration} ${agent}`, integration);
  expect(await found('integration', { workflowsPath })).toEqual([]);

  writeFileSync(workflowsPath, `${withIntegration} ${agent} exports.direct = () => new (require('openai').OpenAI)();`);
  expect(await found('beside', { workflowsPath })).toMatchObject([{ package: 'openai' }]);
});
