import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import {
  bundleWorkflowCode,
  NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundle,
} from '@temporalio/worker';
import { AgentObservabilityPlugin, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { countOurs, fetchHistories, type NamedHistory, replay, withoutOurs } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { keepHistories as keep } from '../support/recorded-histories';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { activities } from './activities';
import { SHAPES } from './shapes';

const NAMESPACE = 'determinism';
const plugin = new AgentObservabilityPlugin({ content: 'off', metrics: 'off', logger: quietRuntime() });
const draining = new AgentObservabilityPlugin({
  content: 'off',
  metrics: 'off',
  mode: 'drain',
  logger: quietRuntime(),
});

const workflowsPath = require.resolve('./workflows/index.ts');

interface Run {
  readonly outcome: string;
  readonly histories: readonly NamedHistory[];
}

let plain: WorkflowBundle;
let observed: WorkflowBundle;
let connection: NativeConnection;
let client: Client;
const running: { worker: Worker; done: Promise<void> }[] = [];

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  plain = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
  observed = await bundleWorkflowCode({ workflowsPath, plugins: [plugin], logger: quietRuntime() });
  connection = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
  await startWorker('plain', { workflowBundle: plain });
  await startWorker('plain-0', { workflowBundle: plain, maxCachedWorkflows: 0 });
  await startWorker('observed', { workflowBundle: observed, plugins: [plugin] });
  await startWorker('observed-0', { workflowBundle: observed, plugins: [plugin], maxCachedWorkflows: 0 });
  await startWorker('refused', { workflowBundle: observed, plugins: [draining] });
  await startWorker('refused-0', { workflowBundle: observed, plugins: [draining], maxCachedWorkflows: 0 });
});

afterAll(async () => {
  for (const { worker } of running) worker.shutdown();
  await Promise.all(running.map(({ done }) => done));
  await client?.connection.close();
  await connection?.close();
});

async function startWorker(taskQueue: string, options: Partial<WorkerOptions>): Promise<void> {
  const worker = await Worker.create({ connection, namespace: NAMESPACE, taskQueue, activities, ...options });
  running.push({ worker, done: worker.run() });
}

async function run(shapeName: string, taskQueue: string): Promise<Run> {
  const { workflow, args, drive, runs } = SHAPES[shapeName] ?? expect.fail(shapeName);
  const workflowId = `${shapeName}-${taskQueue}`;
  const handle = await client.workflow.start(workflow, { workflowId, taskQueue, args });
  const seen = await drive?.(handle, client);
  const result = await client.workflow.getHandle(workflowId).result().then(JSON.stringify, describeFailure);
  const outcome = JSON.stringify([seen, result]).replaceAll(taskQueue, '<task queue>');
  return { outcome, histories: await fetchHistories(client, workflowId, runs) };
}

function describeFailure(error: unknown): string {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const { cause } = error;
  const root = cause?.cause instanceof Error ? cause.cause : cause;
  return `${error.message}: ${cause?.name} ${root?.message}`;
}

const stripped = (histories: readonly NamedHistory[]) =>
  histories.map(({ workflowId, history }) => ({ workflowId, history: withoutOurs(history) }));

/** What the runs below leave behind, for the replays after them. */
const recorded: Record<'plain' | 'observed' | 'refused', NamedHistory[]> = { plain: [], observed: [], refused: [] };

// Each run has a task queue or an id of its own, and most of them wait for timers and time-outs.
describe.each(Object.keys(SHAPES))('%s', { concurrent: true, timeout: 120_000 }, (shapeName) => {
  test.each([
    ['a cache', ''],
    ['no cache', '-0'],
  ])('ends the same with and without the plugin, with %s', async (_, suffix) => {
    const [without, withPlugin, refused] = await Promise.all([
      run(shapeName, `plain${suffix}`),
      run(shapeName, `observed${suffix}`),
      run(shapeName, `refused${suffix}`),
    ]);
    expect(withPlugin.outcome).toBe(without.outcome);
    expect(refused.outcome).toBe(without.outcome);
    if (SHAPES[shapeName]?.neverEnds) return;
    recorded.plain.push(...without.histories);
    recorded.observed.push(...withPlugin.histories);
    recorded.refused.push(...refused.histories);
    await keep(`${shapeName}${suffix}`, {
      plain: without.histories,
      observed: withPlugin.histories,
      refused: refused.histories,
    });

    for (const { history } of withPlugin.histories)
      expect(countOurs(history).markers).toBe(SHAPES[shapeName]?.markers ?? 1);
    for (const { history } of refused.histories) expect(countOurs(history)).toEqual({ markers: 0, upserts: 0 });
  });
});

describe('the histories of these runs', () => {
  const withPlugin = () => ({ workflowBundle: observed, plugins: [plugin] });
  const withoutPlugin = () => ({ workflowBundle: plain });

  test('replay with the plugin, recorded with it or without', async () => {
    expect(recorded.observed.length).toBeGreaterThan(Object.keys(SHAPES).length);
    expect(await replay(withPlugin(), recorded.observed)).toEqual([]);
    expect(await replay(withPlugin(), recorded.plain)).toEqual([]);
    expect(await replay(withPlugin(), recorded.refused)).toEqual([]);
  });

  test('replay without the plugin once our events are taken out, and refused ones as they are', async () => {
    expect(await replay(withoutPlugin(), stripped(recorded.observed))).toEqual([]);
    expect(await replay(withoutPlugin(), recorded.refused)).toEqual([]);
  });

  test('do not replay without the plugin with our events in them, so the replays above can fail', async () => {
    expect(await replay(withoutPlugin(), recorded.observed)).toHaveLength(recorded.observed.length);
  });
});
