import { activityInfo, CompleteAsyncError, Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { APIConnectionTimeoutError, APIError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { completion } from '../plugin/activities';
import { ActivityWorker } from './support';

const plain = completion();
const [choice] = plain.choices;

const RESULTS: Readonly<Record<string, unknown>> = {
  ok: plain,
  refusal: { ...plain, choices: [{ ...choice, message: { role: 'assistant', content: null, refusal: 'I cannot' } }] },
  filtered: { ...plain, choices: [{ ...choice, finish_reason: 'content_filter' }] },
  failed: {
    id: 'r',
    object: 'response',
    status: 'failed',
    model: 'gpt-5',
    output: [],
    error: { code: 'server_error' },
  },
};

let taskToken: Uint8Array | undefined;

const activities = {
  returning: async (name: string) => RESULTS[name],

  /** Not a promise: Temporal takes those too. */
  plain: (name: string) => RESULTS[name] ?? name,

  throwing(kind: string) {
    if (kind === 'timeout') throw new APIConnectionTimeoutError({ message: 'too slow' });
    if (kind === 'rate limit') throw APIError.generate(429, { message: 'slow down' }, 'slow down', new Headers());
    throw new Error('tool is broken');
  },

  async askModel(request: { readonly model: string; readonly fail: boolean }) {
    if (request.fail) throw new Error('socket hang up');
    return 'an answer that is no response of a model';
  },

  async onceAModel(name: string) {
    if (name === 'fail') throw new Error('something');
    return RESULTS[name];
  },

  async invokeModel() {
    return 'whatever';
  },

  async untilCancelled() {
    const context = Context.current();
    const heartbeat = setInterval(() => context.heartbeat(), 50);
    await context.cancelled.finally(() => clearInterval(heartbeat));
  },

  async elsewhere() {
    ({ taskToken } = activityInfo());
    throw new CompleteAsyncError();
  },

  async flaky() {
    if (activityInfo().attempt < 3) throw new Error('not yet');
    return RESULTS.ok;
  },
};

let worker: ActivityWorker;

beforeAll(async () => {
  worker = await ActivityWorker.start(inject('temporalAddress'), 'activity-outcomes', activities);
});

afterAll(async () => {
  expect(await worker.effects.observerErrors()).toEqual({});
  await worker.close();
});

describe('an attempt that returns', () => {
  test.each([
    ['ok', 'ok'],
    ['refusal', 'refusal'],
    ['filtered', 'content_filter'],
    ['failed', 'error'],
  ])('a response of a model (%s) has the outcome %s', async (name, outcome) => {
    const { result, records } = await worker.call('returning', [name]);
    expect(result).toEqual(RESULTS[name]);
    expect(records).toMatchObject([{ kind: 'llm', outcome, attempt: 1 }]);
    expect(await worker.effects.metric('llm_call_duration_seconds_count', { outcome })).toBe(1);
  });

  test('something else is a tool call', async () => {
    const { result, records } = await worker.call('plain', ['text']);
    expect(result).toBe('text');
    expect(records).toMatchObject([{ kind: 'tool', tool: 'plain', outcome: 'ok' }]);
  });

  test('something else is a tool call also where the arguments name a model', async () => {
    const { records } = await worker.call('askModel', [{ model: 'gpt-5', fail: false }]);
    expect(records).toMatchObject([{ kind: 'tool', tool: 'askModel', outcome: 'ok' }]);
  });

  test('something else is a model call where the activity is known to call models', async () => {
    const { records } = await worker.call('invokeModel');
    expect(records).toMatchObject([{ kind: 'llm', outcome: 'ok' }]);
  });

  test('is followed also where the activity is a plain function', async () => {
    const { result, records } = await worker.call('plain', ['ok']);
    expect(result).toEqual(plain);
    expect(records).toMatchObject([{ kind: 'llm', outcome: 'ok', model: 'gpt-4o-mini-2024-07-18' }]);
  });

  test('is followed also where the activity is local', async () => {
    const { records } = await worker.call('returning', ['ok'], { local: true });
    expect(records).toMatchObject([{ kind: 'llm', outcome: 'ok', isLocal: true }]);
  });
});

describe('an attempt that fails', () => {
  test.each([
    ['timeout', 'llm', 'timeout'],
    ['rate limit', 'llm', 'error'],
    ['tool', 'tool', 'error'],
  ])('with %s is a %s call with the outcome %s, and the workflow gets its error', async (kind, expected, outcome) => {
    const { error, records } = await worker.call('throwing', [kind]);
    expect(records).toMatchObject([{ kind: expected, outcome }]);
    const message = { timeout: 'too slow', 'rate limit': '429', tool: 'tool is broken' }[kind];
    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect(String((error as WorkflowFailedError).cause?.cause)).toContain(message);
  });

  test('is a model call where the arguments name a model', async () => {
    const { records } = await worker.call('askModel', [{ model: 'gpt-5', fail: true }]);
    expect(records).toMatchObject([{ kind: 'llm', outcome: 'error' }]);
  });

  test('is a model call where the activity has returned a response before', async () => {
    const before = await worker.call('onceAModel', ['fail']);
    expect(before.records).toMatchObject([{ kind: 'tool', outcome: 'error' }]);
    await worker.call('onceAModel', ['ok']);
    const after = await worker.call('onceAModel', ['fail']);
    expect(after.records).toMatchObject([{ kind: 'llm', outcome: 'error' }]);
  });

  test('because it was cancelled has the outcome cancelled', async () => {
    const { records } = await worker.execute('cancels', ['untilCancelled']);
    expect(records).toMatchObject([{ kind: 'tool', outcome: 'cancelled' }]);
  });
});

describe('retries', () => {
  let before: number;

  beforeEach(async () => {
    before = await worker.effects.metric('llm_call_duration_seconds_count');
  });

  test('are counted one by one: each was an attempt, and each was paid for', async () => {
    // The first attempts are those of an activity that is not known to call models yet.
    const first = await worker.call('flaky', [], { attempts: 3 });
    expect(first.records.map(({ attempt, kind, outcome }) => [attempt, kind, outcome])).toEqual([
      [1, 'tool', 'error'],
      [2, 'tool', 'error'],
      [3, 'llm', 'ok'],
    ]);
    const second = await worker.call('flaky', [], { attempts: 3 });
    expect(second.records.map(({ attempt, kind }) => [attempt, kind])).toEqual([
      [1, 'llm'],
      [2, 'llm'],
      [3, 'llm'],
    ]);
    expect(await worker.effects.metric('llm_call_duration_seconds_count')).toBe(before + 4);
  });
});

test('an activity that completes elsewhere is left to complete there, and is no outcome yet', async () => {
  taskToken = undefined;
  const running = worker.call('elsewhere');
  await expect.poll(() => taskToken).toBeDefined();
  const token = taskToken ?? expect.fail('no token');
  await expect.poll(() => worker.server.client.activity.complete(token, 'from elsewhere').then(() => true)).toBe(true);
  const { result, records } = await running;
  expect(result).toBe('from elsewhere');
  expect(records).toEqual([]);
});
