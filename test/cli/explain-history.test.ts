import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { Explanation } from '#lib/cli/explain/explanation';
import { createActivities } from './support/activities';
import { cli } from './support/cli';
import * as workflows from './support/workflows';

const TASK_QUEUE = 'explain-history';
const address = inject('temporalAddress');

let connection: Connection;
let client: Client;
const stops: (() => Promise<unknown>)[] = [];

/** A worker without the plugin: all that explain has is what Temporal keeps. */
async function startWorker(taskQueue: string, codec?: PayloadCodec): Promise<void> {
  const native = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowsPath: path.join(import.meta.dirname, 'support/workflows.ts'),
    activities: createActivities(),
    ...(codec ? { dataConverter: { payloadCodecs: [codec] } } : {}),
  });
  const running = worker.run();
  stops.push(async () => {
    worker.shutdown();
    await running;
    await native.close();
  });
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await Connection.connect({ address });
  client = new Client({ connection });
  await startWorker(TASK_QUEUE);
});

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await connection?.close();
});

async function explain(workflowId: string, ...flags: string[]): Promise<Explanation> {
  const { exitCode, out, err } = await cli('explain', workflowId, '--address', address, '--json', ...flags);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out);
}

/** Waits until what Describe and history show has caught up. */
async function explainOnce(workflowId: string, holds: (explanation: Explanation) => boolean): Promise<Explanation> {
  return vi.waitFor(
    async () => {
      const explanation = await explain(workflowId);
      expect(holds(explanation)).toBe(true);
      return explanation;
    },
    { timeout: 20_000, interval: 100 },
  );
}

describe('a run that was never recorded', () => {
  test('has its iterations, tools, retries and what it waits for told from history', async () => {
    const workflowId = 'explain-waits-for-signal';
    const handle = await client.workflow.start(workflows.waitsForSignal, { workflowId, taskQueue: TASK_QUEUE });
    const open = await explainOnce(workflowId, ({ waitingFor }) => waitingFor[0]?.kind === 'signal-or-update');

    expect(open.workflow).toMatchObject({
      workflowId,
      workflowType: 'waitsForSignal',
      taskType: 'waitsForSignal',
      status: 'RUNNING',
      taskQueue: TASK_QUEUE,
    });
    expect(open.iterations).toMatchObject([
      {
        number: 1,
        model: 'gpt-5-mini-2025-08-07',
        provider: 'openai',
        usage: { inputTokens: 100, outputTokens: 20 },
        usageSource: 'provider',
        finish: 'tool_call',
        toolCalls: [{ name: 'search' }],
        source: 'history',
      },
      { number: 2, finish: 'stop', toolCalls: [] },
    ]);
    expect(open.tools).toMatchObject([{ name: 'search', iteration: 1, attempts: 2, outcome: 'ok', source: 'history' }]);
    expect(open.failedAttempts).toMatchObject([
      {
        activityType: 'search',
        attempt: 1,
        failure: { type: 'IndexNotReady', message: 'index is warming up' },
        source: 'history',
      },
    ]);
    expect(open.waitingFor).toEqual([{ kind: 'signal-or-update' }]);
    expect(open.totals).toMatchObject({
      modelCalls: 2,
      toolCalls: 1,
      failedAttempts: 1,
      tokensByModel: { 'gpt-5-mini-2025-08-07': { input: 200, output: 40 } },
      callsWithoutCost: 2,
    });
    expect(open.totals).not.toHaveProperty('costUsd');

    await handle.signal(workflows.proceed);
    await handle.result();
    const closed = await explain(workflowId);
    expect(closed.workflow).toMatchObject({ status: 'COMPLETED', closedAt: expect.any(String) });
    expect(closed.waitingFor).toEqual([]);
  });

  test('is told that records were not found, and where they were looked for', async () => {
    const workflowId = 'explain-no-records';
    await client.workflow.execute(workflows.continuesAsNew, { workflowId, taskQueue: TASK_QUEUE, args: [1] });
    const { notes } = await explain(workflowId, '--content-dir', '/nowhere/at-all');
    expect(notes.join()).toContain('/nowhere/at-all');
  });
});

test('names the pending activity with its last failure, the child and the timer that a run waits for', async () => {
  const workflowId = 'explain-waits-for-much';
  const handle = await client.workflow.start(workflows.waitsForMuch, { workflowId, taskQueue: TASK_QUEUE });
  const { waitingFor, failedAttempts, children, tools } = await explainOnce(
    workflowId,
    (explanation) =>
      explanation.waitingFor.length === 3 &&
      explanation.waitingFor.some((wait) => 'attempt' in wait && wait.attempt > 2),
  );
  expect(waitingFor).toMatchObject([
    {
      kind: 'activity',
      activityType: 'failForEver',
      attempt: expect.any(Number),
      lastFailure: { type: 'TypeError', message: 'no luck' },
    },
    { kind: 'child', workflowId: 'child-of-waits-for-much', workflowType: 'waitsForSignal' },
    { kind: 'timer', firesAt: expect.any(String) },
  ]);
  expect(tools).toMatchObject([{ name: 'failForEver', outcome: 'pending' }]);
  expect(tools[0]).not.toHaveProperty('durationMs');
  expect(children).toMatchObject([{ workflowId: 'child-of-waits-for-much', status: 'running' }]);
  expect(failedAttempts.at(-1)).toMatchObject({ activityType: 'failForEver', failure: { message: 'no luck' } });
  const child = await explain('child-of-waits-for-much');
  expect(child.workflow.parent).toMatchObject({ workflowId });
  await handle.terminate();
});

describe('a chain of runs', () => {
  const workflowId = 'explain-continues-as-new';

  beforeAll(async () => {
    await client.workflow.execute(workflows.continuesAsNew, { workflowId, taskQueue: TASK_QUEUE, args: [3] });
  });

  test('is one story, and iterations are counted through', async () => {
    const { chain, iterations, workflow } = await explain(workflowId);
    expect(chain.map(({ status }) => status)).toEqual(['CONTINUED_AS_NEW', 'CONTINUED_AS_NEW', 'COMPLETED']);
    expect(iterations.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(new Set(iterations.map(({ runId }) => runId)).size).toBe(3);
    expect(workflow.startedAt).toBe(chain[0]?.startedAt);
  });

  test('is followed both ways from the run that was asked for', async () => {
    const runId = (await explain(workflowId)).chain[1]?.runId ?? '';
    const middle = await explain(workflowId, '--run-id', runId);
    expect(middle.workflow).toMatchObject({ runId, status: 'CONTINUED_AS_NEW' });
    expect(middle.chain).toHaveLength(3);
  });

  test('is read up to the limit, newest first, and the story says what is missing', async () => {
    const { chain, iterations, notes } = await explain(workflowId, '--limit', '8');
    expect(chain).toHaveLength(1);
    expect(chain[0]).toMatchObject({ status: 'COMPLETED', eventsRead: 8 });
    expect(iterations.length).toBeLessThan(2);
    expect(notes.join('\n')).toMatch(/only the newest 8 of \d+ events/);
    expect(notes.join('\n')).toMatch(/those before it were not read/);
  });
});

test('reads local activities from their markers', async () => {
  const workflowId = 'explain-asks-locally';
  await client.workflow.execute(workflows.asksLocally, { workflowId, taskQueue: TASK_QUEUE });
  const { iterations } = await explain(workflowId);
  expect(iterations).toMatchObject([
    { activityType: 'askModel', isLocal: true, outcome: 'ok', usage: { inputTokens: 100, outputTokens: 20 } },
  ]);
});

test('shows errors redacted and shortened', async () => {
  const secret = `sk-proj-${'a1b2c3d4'.repeat(5)}`;
  const workflowId = 'explain-fails';
  const message = `rejected the key ${secret} ${'and so on '.repeat(100)}`;
  const run = client.workflow.execute(workflows.failsForGood, { workflowId, taskQueue: TASK_QUEUE, args: [message] });
  await expect(run).rejects.toThrow();

  const { failure, failedAttempts, workflow } = await explain(workflowId);
  expect(workflow.status).toBe('FAILED');
  expect(failure).toMatchObject({ type: 'BadRequest', retryable: false });
  expect(failedAttempts).toHaveLength(1);
  const { out } = await cli('explain', workflowId, '--address', address);
  for (const shown of [failure?.message ?? '', failedAttempts[0]?.failure.message ?? '', out]) {
    expect(shown).toContain('rejected the key');
    expect(shown).not.toContain(secret);
  }
  expect(failure?.message.length).toBeLessThan(400);
});

test('says that encrypted results cannot be read, and goes on', async () => {
  const taskQueue = 'explain-encrypted';
  await startWorker(taskQueue, new ReversingCodec());
  const encrypting = new Client({ connection, dataConverter: { payloadCodecs: [new ReversingCodec()] } });
  const workflowId = 'explain-encrypted';
  const options = { workflowId, taskQueue, args: [1] as [number], memo: { note: 'encrypted too' } };
  await encrypting.workflow.execute(workflows.continuesAsNew, options);

  const { iterations, tools, notes } = await explain(workflowId);
  expect(iterations).toEqual([]);
  expect(tools).toMatchObject([{ name: 'askModel' }, { name: 'askModel' }]);
  expect(notes.join('\n')).toContain('2 results in history cannot be read here (binary/encrypted)');
});

/** Stands for encryption: what matters here is that the encoding is one that explain does not know. */
class ReversingCodec implements PayloadCodec {
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => ({
      metadata: { encoding: Buffer.from('binary/encrypted') },
      data: Buffer.from(
        JSON.stringify({ data: toBase64(payload.data), encoding: toBase64(payload.metadata?.encoding) }),
      ),
    }));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const { data, encoding } = JSON.parse(Buffer.from(payload.data ?? []).toString());
      return { metadata: { encoding: Buffer.from(encoding, 'base64') }, data: Buffer.from(data, 'base64') };
    });
  }
}

function toBase64(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}
