import Anthropic from '@anthropic-ai/sdk';
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import { generateText, NoObjectGeneratedError } from 'ai';
import OpenAI from 'openai';
import { classifyLlmError } from 'temporal-agent-observability/llm';
import { describe, expect, test } from 'vitest';
import { isLlmError } from '#lib/llm/classify-llm-error';
import type { Fault } from '../../examples/provider-server';
import { useClients } from './clients';

const clients = useClients();

const QUESTION = [{ role: 'user' as const, content: 'Hello' }];

const CALLS = {
  openai: () => clients.openai.chat.completions.create({ model: 'gpt-5.1', messages: QUESTION }),
  anthropic: () => clients.anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 10, messages: QUESTION }),
  aiSdk: () => generateText({ model: clients.aiSdk.chat('gpt-5.1'), prompt: 'Hello', maxRetries: 0 }),
};

async function thrownBy(call: () => PromiseLike<unknown>, fault?: Fault): Promise<unknown> {
  if (fault !== undefined) clients.server.failNext(fault);
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe.each([
  ['openai', CALLS.openai, 'openai'],
  ['@anthropic-ai/sdk', CALLS.anthropic, 'anthropic'],
  ['AI SDK', CALLS.aiSdk, 'openai'],
] as const)('errors of %s', (_name, call, provider) => {
  test.each([
    [400, 'bad_request', false],
    [401, 'auth', false],
    [403, 'auth', false],
    [404, 'bad_request', false],
    [408, 'timeout', true],
    [409, 'bad_request', true],
    [413, 'bad_request', false],
    [422, 'bad_request', false],
    [429, 'rate_limited', true],
    [500, 'server_error', true],
    [503, 'overloaded', true],
    [504, 'timeout', true],
    [529, 'overloaded', true],
  ] as const)('%i is %s', async (status, type, retryable) => {
    expect(classifyLlmError(await thrownBy(call, { status }))).toEqual({ type, retryable, status, provider });
  });

  test('exhausted quota is never retryable, though it is a 429 and whatever the headers say', async () => {
    const error = await thrownBy(call, {
      status: 429,
      code: 'insufficient_quota',
      headers: { 'x-should-retry': 'true' },
    });
    expect(classifyLlmError(error)).toMatchObject({ type: 'quota_exhausted', retryable: false, status: 429, provider });
  });

  test('x-should-retry decides otherwise', async () => {
    const no = await thrownBy(call, { status: 500, headers: { 'x-should-retry': 'false' } });
    expect(classifyLlmError(no)).toMatchObject({ type: 'server_error', retryable: false });
    const yes = await thrownBy(call, { status: 400, headers: { 'x-should-retry': 'true' } });
    expect(classifyLlmError(yes)).toMatchObject({ type: 'bad_request', retryable: true });
  });

  test('reads Retry-After in seconds, in milliseconds and as a date', async () => {
    const wait = async (headers: Record<string, string>) =>
      classifyLlmError(await thrownBy(call, { status: 429, headers })).retryAfterMs;
    expect(await wait({ 'retry-after': '2' })).toBe(2000);
    expect(await wait({ 'retry-after': '2', 'retry-after-ms': '350.4' })).toBe(350);
    expect(await wait({ 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() })).toBeGreaterThan(3_000_000);
    expect(await wait({ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBe(0);
    expect(await wait({ 'retry-after': 'soon' })).toBeUndefined();
  });

  test('a dropped connection', async () => {
    const info = classifyLlmError(await thrownBy(call, { drop: true }));
    expect(info).toEqual({ type: 'connection', retryable: true, provider });
  });
});

describe('what a bad request means', () => {
  test.each([
    ['context length of OpenAI', CALLS.openai, { status: 400, code: 'context_length_exceeded' }, 'context_length'],
    [
      'context length of Anthropic',
      CALLS.anthropic,
      { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' },
      'context_length',
    ],
    ['content filter of Azure', CALLS.openai, { status: 400, code: 'content_filter' }, 'content_filter'],
    [
      'credit of Anthropic',
      CALLS.anthropic,
      { status: 400, message: 'Your credit balance is too low to access the Anthropic API.' },
      'quota_exhausted',
    ],
    ['billing of Anthropic', CALLS.anthropic, { status: 402 }, 'quota_exhausted'],
  ] as const)('%s', async (_name, call, fault, type) => {
    expect(classifyLlmError(await thrownBy(call, fault))).toMatchObject({ type, retryable: false });
  });
});

describe('errors amid a stream, which have no status', () => {
  test('openai', async () => {
    const stream = () =>
      clients.openai.chat.completions.stream({ model: 'gpt-5.1', messages: QUESTION }).finalChatCompletion();
    const info = classifyLlmError(await thrownBy(stream, { breakStream: true }));
    expect(info).toEqual({ type: 'server_error', retryable: true, provider: 'openai' });
  });

  test('@anthropic-ai/sdk', async () => {
    const stream = () =>
      clients.anthropic.messages
        .stream({ model: 'claude-haiku-4-5', max_tokens: 10, messages: QUESTION })
        .finalMessage();
    const info = classifyLlmError(await thrownBy(stream, { breakStream: true }));
    expect(info).toMatchObject({ type: 'overloaded', retryable: true, provider: 'anthropic' });
  });
});

describe('errors without a response', () => {
  const nowhere = 'http://127.0.0.1:9';

  test.each([
    ['openai', 'openai', () => new OpenAI({ baseURL: nowhere, apiKey: 'k', maxRetries: 0 }).models.list()],
    ['anthropic', 'anthropic', () => new Anthropic({ baseURL: nowhere, apiKey: 'k', maxRetries: 0 }).models.list()],
  ] as const)('a refused connection of %s', async (_name, provider, call) => {
    expect(classifyLlmError(await thrownBy(call))).toEqual({ type: 'connection', retryable: true, provider });
  });

  test('a refused connection of fetch names no provider', async () => {
    const error = await thrownBy(() => fetch(nowhere.replace(':9', ':1')));
    expect(isLlmError(error)).toBe(false);
  });

  test.each(['openai', 'anthropic'] as const)('timeout and abort of %s', async (provider) => {
    const slow = [{ role: 'user' as const, content: 'Hello [plan: delay=3000]' }];
    const call = (options: { timeout?: number; signal?: AbortSignal }) => () =>
      provider === 'openai'
        ? clients.openai.chat.completions.create({ model: 'gpt-5.1', messages: slow }, options)
        : clients.anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 10, messages: slow }, options);
    expect(classifyLlmError(await thrownBy(call({ timeout: 20 })))).toEqual({
      type: 'timeout',
      retryable: true,
      provider,
    });
    const aborted = await thrownBy(call({ signal: AbortSignal.abort() }));
    expect(classifyLlmError(aborted)).toEqual({ type: 'cancelled', retryable: false, provider });
  });

  test.each([
    ['ECONNRESET', 'connection'],
    ['ENOTFOUND', 'connection'],
    ['ETIMEDOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ])('code %s', (code, type) => {
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
    expect(classifyLlmError(error)).toEqual({ type, retryable: true });
  });
});

describe('wrapped errors', () => {
  test('the last error of the AI SDK’s own retries', async () => {
    clients.server.failNext({ status: 500, times: 2 });
    const call = () => generateText({ model: clients.aiSdk.chat('gpt-5.1'), prompt: 'Hello', maxRetries: 1 });
    const error = await thrownBy(call);
    expect((error as Error).name).toBe('AI_RetryError');
    expect(classifyLlmError(error)).toMatchObject({ type: 'server_error', status: 500, provider: 'openai' });
  });

  test('a provider’s error inside a Temporal failure keeps its headers', async () => {
    const cause = (await thrownBy(CALLS.openai, { status: 429, headers: { 'retry-after': '7' } })) as Error;
    const failure = ApplicationFailure.create({ message: 'model failed', type: 'Mine', cause });
    expect(classifyLlmError(failure)).toEqual({
      type: 'rate_limited',
      retryable: true,
      retryAfterMs: 7000,
      status: 429,
      provider: 'openai',
    });
    expect(isLlmError(failure)).toBe(true);
  });

  test.each([
    ['ModelInvocationError.RateLimit', 'rate_limited'],
    ['ModelInvocationError.Authentication', 'auth'],
    ['ModelInvocationError.ServerError', 'server_error'],
    ['ModelInvocationError', '_OTHER'],
  ])('failures of the OpenAI Agents integration: %s', (type, expected) => {
    const failure = ApplicationFailure.create({ type, nonRetryable: true, nextRetryDelay: 1500 });
    expect(classifyLlmError(failure)).toEqual({
      type: expected,
      retryable: false,
      retryAfterMs: 1500,
      provider: 'openai',
    });
  });

  test('cancellations and timeouts of Temporal', () => {
    expect(classifyLlmError(new CancelledFailure('cancelled'))).toEqual({ type: 'cancelled', retryable: false });
    expect(classifyLlmError(new TimeoutFailure('late', undefined, 'START_TO_CLOSE'))).toEqual({
      type: 'timeout',
      retryable: true,
    });
    expect(classifyLlmError(new DOMException('stop', 'AbortError'))).toEqual({ type: 'cancelled', retryable: false });
  });
});

describe('errors of parse helpers', () => {
  test('openai', () => {
    expect(classifyLlmError(new OpenAI.OpenAIError('x'))).toEqual({ type: '_OTHER', retryable: true });
    expect(classifyLlmError(new (class LengthFinishReasonError extends Error {})())).toMatchObject({
      type: 'malformed_output',
      retryable: false,
    });
  });

  test('AI SDK', () => {
    const make = (finishReason: 'stop' | 'length' | 'content-filter') =>
      new NoObjectGeneratedError({ response: {} as never, usage: {} as never, finishReason });
    expect(classifyLlmError(make('stop'))).toMatchObject({ type: 'malformed_output', retryable: true });
    expect(classifyLlmError(make('length'))).toMatchObject({ type: 'malformed_output', retryable: false });
    expect(classifyLlmError(make('content-filter'))).toMatchObject({ type: 'content_filter' });
  });
});

describe('anything else', () => {
  test('is unknown, and retryable unless a failure forbids it', () => {
    for (const thrown of [new Error('x'), 'text', undefined, null, 42, {}, Symbol('s')]) {
      expect(classifyLlmError(thrown)).toEqual({ type: '_OTHER', retryable: true });
      expect(isLlmError(thrown)).toBe(false);
    }
    expect(classifyLlmError(ApplicationFailure.nonRetryable('no'))).toEqual({ type: '_OTHER', retryable: false });
  });

  test('cycles of causes end', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(classifyLlmError(first)).toEqual({ type: '_OTHER', retryable: true });
  });

  test('hostile errors are unknown', () => {
    const trap = new Proxy(new Error('x'), {
      get() {
        throw new Error('trap');
      },
      getOwnPropertyDescriptor() {
        throw new Error('trap');
      },
    });
    expect(classifyLlmError(trap)).toEqual({ type: '_OTHER', retryable: true });
  });
});
