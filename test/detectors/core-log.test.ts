import { Client, type WorkflowHandle } from '@temporalio/client';
import type { LogLevel } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, type WorkerOptions } from '@temporalio/worker';
import { runtimeOptions } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { activities } from '../plugin/activities';
import { collectingLogger, Effects, Server } from '../plugin/observed';
import { startAnnouncingProxy } from '../support/announcing-proxy';
import { createNamespace } from '../support/temporal-server';
import { largeActivities } from './large-activities';

const NAMESPACE = 'core-log';
const MIB = 1024 * 1024;
const quiet = new DefaultLogger('ERROR', () => {});
const WAIT = { timeout: 20_000 };

const users = collectingLogger();
let server: Server;
let effects: Effects;

beforeAll(async () => {
  const options = { metricsAddress: 'off', runtime: { logger: users } };
  Runtime.install(runtimeOptions(options));
  await createNamespace(inject('temporalAddress'), NAMESPACE);
  server = await Server.connect(inject('temporalAddress'), NAMESPACE);
});
afterAll(() => server.close());

beforeEach(() => {
  effects = new Effects();
});
afterEach(() => effects.remove());

const bundle = (workflowsPath: string) =>
  bundleWorkflowCode({ workflowsPath, plugins: [effects.plugin()], logger: quiet });

const coreLines = (level: LogLevel, text: string) =>
  users.lines.filter(
    (line) => line.level === level && line.message.includes(text) && line.meta.sdkComponent === 'core',
  );

test('runs that new code cannot replay are found, with build, command and run; runs that it can are not', async () => {
  const taskQueue = 'deploy';
  const types = ['otherActivity', 'otherCommand', 'noCommand', 'unchanged'];
  const version = async (workflows: string, buildId: string): Promise<WorkerOptions> => ({
    taskQueue,
    workflowBundle: await bundle(workflows),
    buildId,
    activities,
    plugins: [effects.plugin()],
  });

  let handles: WorkflowHandle[] = [];
  await server.during(await version(require.resolve('./workflows/first-version.ts'), 'v1'), async () => {
    const start = (type: string) => server.client.workflow.start(type, { workflowId: type, taskQueue });
    handles = await Promise.all(types.map(start));
    await vi.waitFor(async () => {
      const [a, b, c, d] = await Promise.all(handles.map((handle) => handle.describe()));
      for (const run of [a, c, d]) expect(run?.historyLength).toBeGreaterThanOrEqual(10);
      expect(b?.historyLength).toBeGreaterThanOrEqual(9);
    }, WAIT);
  });
  expect(effects.findings('nondeterminism')).toEqual([]);

  await server.during(await version(require.resolve('./workflows/second-version.ts'), 'v2'), async () => {
    for (const handle of handles) await handle.signal('continue');
    await vi.waitFor(() => expect(effects.findings('nondeterminism')).toHaveLength(3), WAIT);
    expect(await handles[3]?.result()).toBe('ok');
    for (const handle of handles.slice(0, 3)) await handle.terminate();
  });

  const finding = (workflowId: string) =>
    effects.findings('nondeterminism').find((meta) => meta.workflowId === workflowId);
  const common = { buildId: 'v2', severity: 'critical', runId: expect.any(String) };
  expect(finding('otherActivity')).toMatchObject({
    ...common,
    command: 'activity callModel',
    event: 'activity search',
  });
  // Attributes are written before an activity, so that Core comes to these first.
  expect(finding('otherCommand')).toMatchObject({
    ...common,
    command: 'upsert of search attributes',
    event: 'TimerStarted',
  });
  expect(finding('noCommand')).toMatchObject({
    ...common,
    command: 'none',
    event: 'UpsertWorkflowSearchAttributes',
  });
  const messages = effects.logger.lines.map(({ message }) => message);
  expect(messages).toContainEqual(
    expect.stringMatching(
      /a run of workflow otherActivity cannot be replayed by build v2: history has activity search where the code now runs activity callModel$/,
    ),
  );
  const labels = { finding: 'nondeterminism', workflow_type: 'otherActivity', temporal_namespace: NAMESPACE };
  expect(await effects.metric('findings_total', labels)).toBe(1);
  expect((await effects.records(NAMESPACE, 'noCommand')).findings).toMatchObject([{ id: 'nondeterminism' }]);
  expect(effects.findings('llm-in-workflow')).toEqual([]);
  // The user's logger has the lines all the same.
  expect(coreLines('WARN', 'Failing workflow task').length).toBeGreaterThanOrEqual(3);
});

test('payloads that the worker refuses for ever are found, once a run, and others are not', async () => {
  const proxy = await startAnnouncingProxy(inject('temporalAddress'), 2 * MIB);
  const connection = await NativeConnection.connect({ address: proxy.address });
  const taskQueue = 'refused';
  try {
    const options = {
      connection,
      taskQueue,
      workflowBundle: await bundle(require.resolve('./workflows/large-payloads.ts')),
      activities: largeActivities,
    };
    await server.during({ ...options, plugins: [effects.plugin()] }, async () => {
      const start = (type: string, bytes: number) =>
        server.client.workflow.start(type, { workflowId: `${type}-${bytes}`, taskQueue, args: [bytes] });
      const healthy = [await start('largeOutput', MIB), await start('largeInput', MIB)];
      const looping = [await start('largeOutput', 3 * MIB), await start('largeInput', 3 * MIB)];
      await vi.waitFor(() => expect(effects.findings('payload-rejected-loop')).toHaveLength(2), WAIT);
      for (const handle of healthy) expect(await handle.result()).toBe(MIB);
      const attempts = coreLines('ERROR', '[TMPRL1103]').length;
      await vi.waitFor(() => expect(coreLines('ERROR', '[TMPRL1103]').length).toBeGreaterThan(attempts + 4), WAIT);
      for (const handle of looping) await handle.terminate();
    });
  } finally {
    await connection.close();
    proxy.close();
  }
  const [output, input] = ['largeOutput', 'largeInput'].map((type) =>
    effects.findings('payload-rejected-loop').filter((meta) => meta.workflowType === type),
  );
  expect(output).toMatchObject([
    { workflowId: `largeOutput-${3 * MIB}`, boundary: 'activity_result', subject: 'largeResult', refused: 2 },
  ]);
  expect(input).toMatchObject([{ workflowId: `largeInput-${3 * MIB}`, boundary: 'workflow_task', limit: 2 * MIB }]);
});

test('modules that cannot be loaded, and signal handlers, are explained where no workflow code can see them', async () => {
  const start = (taskQueue: string, type: string) =>
    new Client({ connection: server.client.connection, namespace: NAMESPACE }).workflow.start(type, {
      workflowId: taskQueue,
      taskQueue,
    });
  const loads = {
    taskQueue: 'loads',
    workflowBundle: await bundle(require.resolve('./workflows/loads-client.ts')),
    plugins: [effects.plugin()],
  };
  await server.during(loads, async () => {
    const handle = await start('loads', 'agent');
    const ofRun = () => effects.findings('llm-in-workflow').filter((meta) => meta.workflowId === 'loads');
    await vi.waitFor(() => expect(ofRun()).toHaveLength(1), WAIT);
    expect(ofRun()).toMatchObject([
      {
        api: 'FinalizationRegistry',
        importedBy: expect.stringMatching(/client-pool\.ts:\d+$/),
      },
    ]);
    await handle.terminate();
  });

  const handles = {
    taskQueue: 'handles',
    workflowBundle: await bundle(require.resolve('./workflows/sandboxed.ts')),
    plugins: [effects.plugin()],
  };
  await server.during(handles, async () => {
    const handle = await start('handles', 'fetchesWhenAsked');
    await handle.signal('ask');
    const ofRun = () => effects.findings('llm-in-workflow').filter((meta) => meta.workflowId === 'handles');
    await vi.waitFor(() => expect(ofRun()).toMatchObject([{ api: 'fetch' }]), WAIT);
    await handle.terminate();
  });
});
