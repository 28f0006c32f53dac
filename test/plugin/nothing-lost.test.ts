import { Client, type ClientOptions, type ClientPlugin, type WorkflowClientInterceptor } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import {
  type BundlerPlugin,
  bundleWorkflowCode,
  type PatchActivationInput,
  type Worker,
  type WorkerOptions,
  type WorkerPlugin,
} from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { SEARCH_ATTRIBUTE_PATCH, SINK_NAME } from '#lib/definitions/wire';
import { countOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { activities } from './activities';
import { Effects, Server } from './observed';

const NAMESPACE = 'plugin-nothing-lost';
const workflowsPath = require.resolve('./workflows/index.ts');
const usersModule = require.resolve('./workflows/counting-interceptors.ts');

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

/** Interceptors that tell when they are called. */
class Users {
  readonly calls = new Set<string>();
  readonly headers = new Set<string>();

  interceptors(name: string): NonNullable<WorkerOptions['interceptors']> {
    const note = (what: string) => this.calls.add(`${name} ${what}`);
    const start: WorkflowClientInterceptor = {
      startWithDetails(input, next) {
        note('client start');
        return next(input);
      },
    };
    return {
      activity: [
        () => ({
          inbound: {
            execute: (input, next) => {
              note('activity');
              for (const header of Object.keys(input.headers)) this.headers.add(header);
              return next(input);
            },
          },
        }),
      ],
      activityInbound: [
        () => ({
          execute: (input, next) => {
            note('activityInbound');
            return next(input);
          },
        }),
      ],
      nexus: [() => ({})],
      workflowModules: [usersModule],
      client: { workflow: [start], schedule: [{}], nexus: [{}], activity: [{}] },
    };
  }

  /** Another plugin, merging as Temporal's SimplePlugin does when it is given functions. */
  plugin(name: string): WorkerPlugin & ClientPlugin & BundlerPlugin {
    const own = this.interceptors(name);
    const both = <T>(existing: readonly T[] = [], added: readonly T[] = []) => [...existing, ...added];
    return {
      name,
      configureClient: (options) => ({
        ...options,
        interceptors: {
          ...options.interceptors,
          workflow: both(lists(options), lists({ interceptors: own.client ?? {} })),
        },
      }),
      configureBundler: (options) => ({
        ...options,
        workflowInterceptorModules: both(options.workflowInterceptorModules, [usersModule]),
      }),
      configureWorker: (options) => ({
        ...options,
        interceptors: {
          ...options.interceptors,
          activity: both(options.interceptors?.activity, own.activity),
          activityInbound: both(options.interceptors?.activityInbound, own.activityInbound),
          nexus: both(options.interceptors?.nexus, own.nexus),
          client: {
            workflow: both(
              lists({ interceptors: options.interceptors?.client ?? {} }),
              lists({ interceptors: own.client ?? {} }),
            ),
            schedule: both(options.interceptors?.client?.schedule, own.client?.schedule),
            nexus: both(options.interceptors?.client?.nexus, own.client?.nexus),
            activity: both(options.interceptors?.client?.activity, own.client?.activity),
          },
        },
        sinks: { ...options.sinks, [name]: { note: { fn: () => {} } } },
      }),
      runWorker: (worker, next) => {
        this.calls.add(`${name} runWorker`);
        return next(worker);
      },
    } as WorkerPlugin & ClientPlugin & BundlerPlugin;
  }
}

/** Last in a list of plugins, it sees what all others made of the worker's options. */
function observer() {
  const seen: WorkerOptions[] = [];
  const configureWorker = (options: WorkerOptions) => {
    seen.push(options);
    return options;
  };
  return { name: 'observer', configureWorker, seen };
}

function lists({ interceptors }: Pick<ClientOptions, 'interceptors'>): WorkflowClientInterceptor[] {
  return Array.isArray(interceptors?.workflow) ? interceptors.workflow : [];
}

async function untilGateIsOpen(): Promise<void> {
  await vi.waitFor(async () => expect(await effects.metric('search_attributes_enabled')).toBe(1));
}

/** Runs an agent on the worker, started by the worker's own client, and returns its history. */
async function runAgent(worker: Worker, workflowId: string, workflow = 'agent') {
  const { taskQueue } = worker.options;
  await untilGateIsOpen();
  const handle = await (worker.client ?? expect.fail('no client')).workflow.start(workflow, {
    workflowId,
    taskQueue,
    args: ['birds'],
  });
  return { result: await handle.result(), history: await handle.fetchHistory() };
}

test("the user's own worker interceptors, sinks and modules stay, beside ours", async () => {
  const users = new Users();
  const interceptors = users.interceptors('user');
  const sinks = { users: { note: { fn: () => {} } } };
  const last = observer();
  const plugins = [effects.plugin(), last];
  const options = { taskQueue: 'own', workflowsPath, activities, interceptors, sinks, plugins };
  await server.during(options, async (worker) => {
    const { history } = await runAgent(worker, 'own');
    expect(users.calls).toEqual(new Set(['user client start', 'user activity', 'user activityInbound']));
    expect(users.headers).toContain('users-header');
    expect(countOurs(history)).toEqual({ markers: 1, upserts: 3 });
  });
  const [configured] = last.seen;
  expect(configured?.sinks).toMatchObject(sinks);
  expect(configured?.interceptors).toMatchObject({
    nexus: interceptors.nexus,
    client: { nexus: interceptors.client?.nexus, activity: interceptors.client?.activity },
  });
  const [theirs, ours, ...more] = configured?.interceptors?.client?.schedule ?? [];
  expect([theirs, more]).toEqual([interceptors.client?.schedule?.[0], []]);
  expect(ours?.create).toBeTypeOf('function');
});

describe.each([
  ['before', (other: WorkerPlugin, ours: WorkerPlugin) => [other, ours]],
  ['after', (other: WorkerPlugin, ours: WorkerPlugin) => [ours, other]],
])('another plugin %s ours', (place, inOrder) => {
  test('loses nothing, and neither do we', async () => {
    const users = new Users();
    const last = observer();
    const both = inOrder(users.plugin('other'), effects.plugin()) as (WorkerPlugin & ClientPlugin)[];
    const plugins = [...both, last];
    const taskQueue = `other-${place}`;
    await server.during({ taskQueue, workflowsPath, activities, plugins }, async (worker) => {
      const { history } = await runAgent(worker, taskQueue);
      expect(countOurs(history)).toEqual({ markers: 1, upserts: 3 });
      expect(users.headers).toContain('users-header');
      const [configured] = last.seen;
      expect(configured?.interceptors).toMatchObject({ nexus: [{}], client: { nexus: [{}], activity: [{}] } });
      expect(Object.keys(configured?.sinks ?? {}).sort()).toEqual(['other', SINK_NAME].sort());

      const { connection } = server.client;
      const client = new Client({ connection, namespace: NAMESPACE, plugins });
      users.calls.delete('other client start');
      await client.workflow.execute('agent', { workflowId: `${taskQueue}-client`, taskQueue, args: ['birds'] });
    });
    const called = ['other activity', 'other activityInbound', 'other client start', 'other runWorker'];
    expect([...users.calls].sort()).toEqual(called);
    expect((await effects.records(NAMESPACE, taskQueue)).records).toHaveLength(3);
    expect(await effects.metric('payload_bytes_count', { boundary: 'workflow_input' })).toBe(2);
  });
});

describe("the user's patchActivationCallback", () => {
  test.each([
    [false, 'old ok'],
    [true, 'new ok'],
  ])('is asked for the ids of the user, and for none of ours; its answer %s counts', async (answer, result) => {
    const asked: string[] = [];
    const patchActivationCallback = ({ patchId }: PatchActivationInput) => {
      asked.push(patchId);
      return answer;
    };
    const taskQueue = `patched-${answer}`;
    const options = { taskQueue, workflowsPath, activities, patchActivationCallback, plugins: [effects.plugin()] };
    await server.during(options, async (worker) => {
      const run = await runAgent(worker, taskQueue, 'patchedAgent');
      expect(run.result).toBe(result);
      expect(countOurs(run.history).markers).toBe(1);
    });
    expect([...new Set(asked)]).toEqual(['users-own-patch']);
  });

  test('may throw, as without us', () => {
    const thrown = new Error("the user's");
    const { patchActivationCallback } = effects.plugin().configureWorker({
      taskQueue: 'throws',
      patchActivationCallback: () => {
        throw thrown;
      },
    });
    const workflowInfo = { workflowId: 'w', workflowType: 'agent' } as PatchActivationInput['workflowInfo'];
    expect(() => patchActivationCallback?.({ patchId: 'users-own-patch', workflowInfo })).toThrow(thrown);
    expect(patchActivationCallback?.({ patchId: SEARCH_ATTRIBUTE_PATCH, workflowInfo })).toBe(false);
  });

  test('where there is none, every id of the user is answered with yes, as without us', () => {
    const { patchActivationCallback } = effects.plugin().configureWorker({ taskQueue: 'none' });
    const workflowInfo = { workflowId: 'w', workflowType: 'agent' } as PatchActivationInput['workflowInfo'];
    expect(patchActivationCallback?.({ patchId: 'users-own-patch', workflowInfo })).toBe(true);
  });
});

test("a sink of the user's with the name of ours wins", () => {
  const own = { internalError: { fn: () => {} } };
  const { sinks } = effects.plugin().configureWorker({ taskQueue: 'sinks', sinks: { [SINK_NAME]: own } });
  expect(sinks?.[SINK_NAME]).toBe(own);
  const replay = effects.plugin().configureReplayWorker({ workflowsPath, sinks: { [SINK_NAME]: own } });
  expect(replay.sinks?.[SINK_NAME]).toBe(own);
});

describe('old-style client interceptors', () => {
  const started: string[] = [];
  const calls = [
    ({ workflowId }: { workflowId: string }) => ({
      startWithDetails: (input: never, next: (input: never) => Promise<never>) => {
        started.push(workflowId);
        return next(input);
      },
    }),
  ] as never;

  test('stay, with ours behind them', async () => {
    const plugin = effects.plugin({ correlation: { taskId: 'ticket' } });
    const { connection } = server.client;
    const client = new Client({
      connection,
      namespace: NAMESPACE,
      plugins: [plugin, plugin],
      interceptors: { workflow: { calls } },
    });
    const handle = await client.workflow.start('agent', { workflowId: 'old-style', taskQueue: 'none' });
    expect(started).toEqual(['old-style']);
    const { typedSearchAttributes } = await handle.describe();
    expect(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toContainEqual([
      'AgentTaskId',
      'ticket',
    ]);
    const configured = client.options.interceptors.workflow as { calls: unknown[] };
    expect(configured.calls).toHaveLength(3);
  });
});

test("the user's client interceptors stay, beside ours", () => {
  const { connection } = server.client;
  const interceptors = { workflow: [{}], schedule: [{}], nexus: [{}], activity: [{}] };
  const client = new Client({ connection, plugins: [effects.plugin()], interceptors });
  const configured = client.options.interceptors;
  expect(configured.workflow).toEqual([{}, expect.anything(), expect.anything()]);
  expect(configured.schedule).toEqual([{}, expect.anything()]);
  expect(configured.nexus).toEqual([{}]);
  expect(client.activity.options).toMatchObject({ interceptors: [{}] });
  expect(interceptors.workflow).toHaveLength(1);
});

test("the user's webpackConfigHook runs, and its configuration is the one that is used", async () => {
  const seen: string[] = [];
  const bundle = await bundleWorkflowCode({
    workflowsPath,
    logger: quietRuntime(),
    plugins: [effects.plugin()],
    webpackConfigHook: (config) => {
      seen.push(String(config.mode));
      return { ...config, devtool: false };
    },
  });
  expect(seen).toHaveLength(1);
  // Whole bundles in a failure's message help nobody.
  expect(bundle.code.includes('sourceMappingURL')).toBe(false);
  expect(bundle.code.includes('temporal-agent-observability/bundle-v1 %7B')).toBe(true);
});

test("the user's codec stays, and the agent is seen through it", async () => {
  const flip = (data: Uint8Array | null | undefined) => (data ?? new Uint8Array()).map((byte) => byte ^ 0xff);
  const turn: PayloadCodec['encode'] = async (payloads) =>
    payloads.map((payload) => ({ ...payload, data: flip(payload.data) }));
  const dataConverter = { payloadCodecs: [{ encode: turn, decode: turn }] };
  const options = { taskQueue: 'codec', workflowsPath, activities, dataConverter, plugins: [effects.plugin()] };
  await server.during(options, async (worker) => {
    const { result, history } = await runAgent(worker, 'codec');
    expect(result).toBe('ok');
    const input = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    expect(Buffer.from(flip(input)).toString()).toBe('"birds"');
  });
  const { typedSearchAttributes } = await server.client.workflow.getHandle('codec').describe();
  const values = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  expect(values).toMatchObject({ AgentModel: 'gpt-4o-mini-2024-07-18', AgentIteration: 2, AgentTokens: 50 });
});
