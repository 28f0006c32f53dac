import Anthropic from '@anthropic-ai/sdk';
import { activityInfo, CompleteAsyncError, Context } from '@temporalio/activity';
import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure, TimeoutType } from '@temporalio/common';
import OpenAI from 'openai';
import { toApplicationFailure } from 'temporal-agent-observability/activity';
import { classifyLlmError, LLM_ERROR_TYPES } from 'temporal-agent-observability/llm';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ProviderServer, startProviderServer } from '../../examples/provider-server';
import { ActivityWorker } from './support';

let provider: ProviderServer;
let worker: ActivityWorker;

const openai = () => new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'local', maxRetries: 0 });
const anthropic = () => new Anthropic({ baseURL: provider.url, apiKey: 'local', maxRetries: 0 });

function askOpenAi(text: string, signal?: AbortSignal) {
  return openai().chat.completions.create(
    { model: 'gpt-4o', messages: [{ role: 'user', content: text }] },
    signal && { signal },
  );
}

function askAnthropic(text: string) {
  const messages = [{ role: 'user' as const, content: text }];
  return anthropic().messages.create({ model: 'claude-haiku-4-5', max_tokens: 100, messages });
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it should fail'),
    (error: unknown) => error,
  );
}

/** The failure of an error that a client threw. */
async function failureOf(promise: Promise<unknown>): Promise<ApplicationFailure> {
  const failure = toApplicationFailure(await errorOf(promise));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  return failure as ApplicationFailure;
}

const activities = {
  async asksOpenAi(text: string) {
    try {
      const response = await askOpenAi(text);
      return response.choices[0]?.finish_reason;
    } catch (error) {
      throw toApplicationFailure(error);
    }
  },

  async isCancelled() {
    const context = Context.current();
    const heartbeat = setInterval(() => context.heartbeat(), 50);
    try {
      await askOpenAi('[plan: delay=20000]', context.cancellationSignal);
    } catch (error) {
      expect(error).not.toBeInstanceOf(CancelledFailure);
      throw toApplicationFailure(error);
    } finally {
      clearInterval(heartbeat);
    }
    return activityInfo().attempt;
  },
};

beforeAll(async () => {
  provider = await startProviderServer();
  worker = await ActivityWorker.start(inject('temporalAddress'), 'to-application-failure', activities);
});

afterAll(async () => {
  expect(await worker.effects.observerErrors()).toEqual({});
  await worker.close();
  await provider.close();
});

describe("an error of OpenAI's client", () => {
  test.each([
    ['[plan: 429 once; retry-after=7]', 'rate_limited', false, 7_000],
    ['[plan: 500 once]', 'server_error', false, undefined],
    ['[plan: drop once]', 'connection', false, undefined],
    ['[plan: 400 once]', 'bad_request', true, undefined],
    ['[plan: 401 once]', 'auth', true, undefined],
    ['[plan: quota once; retry-after=7]', 'quota_exhausted', true, undefined],
  ])('%s becomes a failure of type %s', async (text, type, nonRetryable, nextRetryDelay) => {
    const error = await errorOf(askOpenAi(text));
    const failure = toApplicationFailure(error);
    expect(failure).toMatchObject({ type, nonRetryable, nextRetryDelay, message: (error as Error).message });
    expect(failure.cause).toBe(error);
    expect(LLM_ERROR_TYPES).toContain(type);
  });
});

test.each([
  ['[plan: 529 once; retry-after=3]', 'overloaded', false, 3_000],
  ['[plan: 413 once]', 'bad_request', true, undefined],
])("an error of Anthropic's client (%s) becomes a failure of type %s", async (text, type, nonRetryable, delay) => {
  expect(await failureOf(askAnthropic(text))).toMatchObject({ type, nonRetryable, nextRetryDelay: delay });
});

test('an error of the network below fetch becomes a retryable failure', async () => {
  expect(await failureOf(fetch('http://127.0.0.1:9/'))).toMatchObject({ nonRetryable: false });
  expect(toApplicationFailure(new DOMException('too slow', 'TimeoutError'))).toMatchObject({
    type: 'timeout',
    nonRetryable: false,
  });
});

test('the class of the error can be read from the failure still', async () => {
  const error = await errorOf(askOpenAi('classify [plan: 429 once; retry-after=7]'));
  expect(classifyLlmError(toApplicationFailure(error))).toEqual(classifyLlmError(error));
});

test('failures of Temporal come back as they are', () => {
  const failures = [
    ApplicationFailure.nonRetryable('no such page', 'PageNotFound'),
    new CancelledFailure('cancelled'),
    new TimeoutFailure('too slow', undefined, TimeoutType.START_TO_CLOSE),
    new CompleteAsyncError(),
  ];
  for (const failure of failures) expect(toApplicationFailure(failure)).toBe(failure);
});

test('an error that nothing knows becomes what Temporal would make of it', () => {
  class OrderRejected extends Error {}
  expect(toApplicationFailure(new OrderRejected('out of stock'))).toMatchObject({
    message: 'out of stock',
    type: 'OrderRejected',
    nonRetryable: false,
  });
  expect(toApplicationFailure('just a text')).toMatchObject({ message: 'just a text', nonRetryable: false });
  const wrapped = new Error('tool failed', { cause: ApplicationFailure.nonRetryable('no such page') });
  expect(toApplicationFailure(wrapped)).toMatchObject({ type: 'Error', nonRetryable: true });
});

test("the caller's own verdict and details win", async () => {
  const error = await errorOf(askOpenAi('own verdict [plan: 500 once]'));
  const failure = toApplicationFailure(error, {
    retryable: { server_error: false, auth: true },
    details: [{ step: 3 }],
  });
  expect(failure).toMatchObject({ type: 'server_error', nonRetryable: true, details: [{ step: 3 }] });
  expect(toApplicationFailure(new Error('unknown'), { retryable: { _OTHER: false } })).toMatchObject({
    nonRetryable: true,
  });
});

test('wrong options are refused', () => {
  const wrong = (options: unknown) => () => toApplicationFailure(new Error('x'), options as object);
  expect(wrong({ retriable: {} })).toThrow(
    'toApplicationFailure: unknown option "retriable"; expected retryable, details',
  );
  expect(wrong({ retryable: { rate_limit: true } })).toThrow("retryable: expected one of 'rate_limited'");
  expect(wrong({ retryable: { auth: 'no' } })).toThrow('retryable.auth: expected true or false, got "no"');
  expect(wrong({ details: 'text' })).toThrow('details: expected an array, got "text"');
});

describe('in an activity', () => {
  test('what passes is retried by Temporal, and what does not ends the activity', async () => {
    const passing = await worker.call('asksOpenAi', ['[plan: 503 once]'], { attempts: 3 });
    expect(passing.result).toBe('stop');
    expect(passing.records).toMatchObject([
      { attempt: 1, kind: 'llm', error: { type: 'overloaded', retryable: true } },
      { attempt: 2 },
    ]);
    const permanent = await worker.call('asksOpenAi', ['[plan: 401 always]'], { attempts: 3 });
    expect(permanent.records).toMatchObject([{ attempt: 1, kind: 'llm', error: { type: 'auth', retryable: false } }]);
    const failure = (permanent.error as Error).cause as ActivityFailure;
    expect(failure).toBeInstanceOf(ActivityFailure);
    expect(failure.cause).toMatchObject({ type: 'auth', nonRetryable: true });
    expect([...passing.findings, ...permanent.findings]).toEqual([]);
  });

  test('that is cancelled, an aborted request ends the activity as cancelled', async () => {
    const { result, records } = await worker.execute('cancels', ['isCancelled']);
    expect(result).toBe('ActivityFailure');
    expect(records).toMatchObject([{ outcome: 'cancelled' }]);
  });
});
