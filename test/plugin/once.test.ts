import { context, trace } from '@opentelemetry/api';
import { node, tracing } from '@opentelemetry/sdk-node';
import { Client, Connection } from '@temporalio/client';
import {
  type BundleOptions,
  bundleWorkflowCode,
  NativeConnection,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { type AgentObservabilityPlugin, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { countOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { activities } from './activities';
import { Effects } from './observed';

const NAMESPACE = 'plugin-once';
const workflowsPath = require.resolve('./workflows/index.ts');
const exporter = new tracing.InMemorySpanExporter();
const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });

let address: string;
let effects: Effects;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  quietRuntime();
  provider.register();
  address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
});

beforeEach(() => {
  effects = new Effects();
  exporter.reset();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
  effects.remove();
});

afterAll(async () => {
  await provider.shutdown();
  trace.disable();
  context.disable();
});

interface Places {
  readonly connection?: readonly AgentObservabilityPlugin[];
  readonly client?: readonly AgentObservabilityPlugin[];
  readonly worker?: readonly AgentObservabilityPlugin[];
}

async function setUp(
  taskQueue: string,
  { connection = [], client = [], worker = [] }: Places,
  more: Partial<WorkerOptions> = {},
) {
  const native = await NativeConnection.connect({ address, plugins: [...connection] });
  const pure = await Connection.connect({ address, plugins: [...connection] });
  open.push(native, pure);
  return {
    client: new Client({ connection: pure, namespace: NAMESPACE, plugins: [...client] }),
    worker: await Worker.create({
      connection: native,
      namespace: NAMESPACE,
      taskQueue,
      activities,
      plugins: [...worker],
      ...('workflowBundle' in more ? {} : { workflowsPath }),
      ...more,
    }),
  };
}

/** The gate is open once the worker has seen the attributes. */
async function untilGateIsOpen(taskQueue: string): Promise<void> {
  await vi.waitFor(async () => {
    expect(await effects.metric('search_attributes_enabled', { task_queue: taskQueue })).toBe(1);
  });
}

/** Runs one agent and expects each of its effects once, and no more than one more of each anywhere. */
async function expectOnce(taskQueue: string, { client, worker }: Awaited<ReturnType<typeof setUp>>): Promise<void> {
  const before = await counts();
  const handle = await worker.runUntil(async () => {
    await untilGateIsOpen(taskQueue);
    const started = await client.workflow.start('agent', { workflowId: taskQueue, taskQueue, args: ['birds'] });
    expect(await started.result()).toBe('ok');
    return started;
  });
  const { records } = await effects.records(NAMESPACE, taskQueue);
  expect(records.map(({ activityType }) => activityType)).toEqual(['callModel', 'search', 'callModel']);
  // Two writes while it runs, at the first and the second model call, and one as it ends.
  expect(countOurs(await handle.fetchHistory())).toEqual({ markers: 1, upserts: 3 });
  const after = await counts();
  expect(Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))).toEqual(
    {
      modelCalls: 2,
      toolCalls: 1,
      inputTokens: 40,
      workflowInputs: 1,
      spans: 3,
    },
  );
  expect(effects.internalErrors).toEqual([]);
}

async function counts(): Promise<Record<string, number>> {
  return {
    modelCalls: await effects.metric('llm_call_duration_seconds_count'),
    toolCalls: await effects.metric('tool_call_duration_seconds_count'),
    inputTokens: await effects.metric('llm_input_tokens_total'),
    workflowInputs: await effects.metric('payload_bytes_count', { boundary: 'workflow_input' }),
    spans: exporter.getFinishedSpans().length,
  };
}

test('an instance on connection, client and worker together', async () => {
  const plugin = effects.plugin();
  const places = { connection: [plugin], client: [plugin], worker: [plugin] };
  await expectOnce('everywhere', await setUp('everywhere', places));
});

test('an instance on the connection alone', async () => {
  const plugin = effects.plugin();
  await expectOnce('connection', await setUp('connection', { connection: [plugin] }));
});

test('an instance twice in a list, and two instances beside each other', async () => {
  const plugin = effects.plugin();
  const twice = [plugin, plugin, effects.plugin()];
  await expectOnce('twice', await setUp('twice', { client: twice, worker: twice }));
});

test('an instance on two workers that run at the same time', async () => {
  const plugin = effects.plugin();
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, plugins: [plugin, plugin], logger: quietRuntime() });
  const first = await setUp('first', { client: [plugin], worker: [plugin] }, { workflowBundle });
  const second = await setUp('second', { client: [plugin], worker: [plugin] }, { workflowBundle });
  await first.worker.runUntil(async () => {
    await expectOnce('second', second);
    // The first goes on when the second has stopped.
    await untilGateIsOpen('first');
    await first.client.workflow.execute('agent', { workflowId: 'first', taskQueue: 'first', args: ['birds'] });
  });
  expect((await effects.records(NAMESPACE, 'first')).records).toHaveLength(3);
  expect(await effects.metric('llm_call_duration_seconds_count')).toBe(4);
});

test('the bundle has one module of ours, whoever adds it', async () => {
  const modules: string[][] = [];
  const seen = {
    name: 'seen',
    configureBundler: (options: BundleOptions) => {
      modules.push(options.workflowInterceptorModules ?? []);
      return options;
    },
  };
  await bundleWorkflowCode({
    workflowsPath,
    plugins: [effects.plugin(), effects.plugin(), seen],
    logger: quietRuntime(),
  });
  expect(modules).toEqual([[expect.stringMatching(/interceptors$/)]]);
});
