import Anthropic from '@anthropic-ai/sdk';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import OpenAI from 'openai';
import { toApplicationFailure } from 'temporal-agent-observability/activity';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ProviderServer, startProviderServer } from '../../examples/provider-server';
import { ActivityWorker } from '../activity/support';

let server: ProviderServer;
let worker: ActivityWorker;

beforeAll(async () => {
  server = await startProviderServer();
  worker = await ActivityWorker.start(inject('temporalAddress'), 'failed-attempts', activities);
});

afterAll(async () => {
  await worker.close();
  await server.close();
});

const openai = (apiKey = 'local') => new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0 });

async function chat(text: string) {
  return openai().chat.completions.create({ model: 'gpt-5.1', messages: [{ role: 'user', content: text }] });
}

async function message(text: string) {
  const anthropic = new Anthropic({ baseURL: server.url, apiKey: 'local', maxRetries: 0 });
  return anthropic.messages.create({
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: text }],
  });
}

/** What an activity makes of a provider's error. */
const WRAPPED: Readonly<Record<string, (error: Error) => Error>> = {
  rightly: (error) => toApplicationFailure(error),
  'as final': (error) => ApplicationFailure.create({ message: 'gave up', nonRetryable: true, cause: error }),
  'as retryable': (error) => ApplicationFailure.create({ message: 'again', cause: error }),
  'as harmless': (error) => ApplicationFailure.create({ message: 'expected', category: 'BENIGN', cause: error }),
};

const activities = {
  chat,
  message,

  async wrapping(text: string, how: string) {
    return chat(text).catch((error) => {
      throw WRAPPED[how]?.(error);
    });
  },

  async givesUpAtLast(text: string) {
    return chat(text).catch((error) => {
      throw Context.current().info.attempt < 2 ? error : WRAPPED['as final']?.(error);
    });
  },

  /** A tool, whose service speaks HTTP as providers do. */
  async lookUp() {
    throw Object.assign(new Error('401 not for you'), { status: 401, headers: { 'retry-after': '60' } });
  },

  /** Its policy cannot be read, which concerns nobody but the observer. */
  async unreadable(text: string) {
    Object.defineProperty(Context.current().info, 'retryPolicy', {
      get() {
        throw new Error('nobody reads this');
      },
    });
    return chat(text);
  },
};

const ids = (findings: readonly { readonly id: string }[]) => findings.map(({ id }) => id);

describe.concurrent('an error that no retry can mend', () => {
  test.each([
    ['chat', 400, 'bad_request'],
    ['chat', 401, 'auth'],
    ['chat', 404, 'bad_request'],
    ['message', 403, 'auth'],
    ['message', 413, 'bad_request'],
    ['message', 422, 'bad_request'],
  ])('is found when %s throws %i as it came and there is another attempt', async (activity, status, errorType) => {
    const { findings } = await worker.call(activity, [`[plan: ${status} once] permanent`], { attempts: 2 });
    const provider = activity === 'chat' ? 'openai' : 'anthropic';
    const evidence = { activityType: activity, attempt: 1, errorType, status, provider, maximumAttempts: 2 };
    expect(findings).toMatchObject([{ id: 'permanent-error-retried', severity: 'warning', evidence }]);
    expect(JSON.stringify(findings)).not.toContain('Played error');
  });

  test('is found in a local activity', async () => {
    const { findings } = await worker.call('chat', ['[plan: 401 once] local permanent'], { attempts: 2, local: true });
    expect(ids(findings)).toEqual(['permanent-error-retried']);
  });

  test('is found once in a run, at the first attempt, without a bound on attempts', async () => {
    const { findings } = await worker.call('chat', ['[plan: 401 x2] unbounded'], {
      attempts: 0,
      times: 2,
      options: { scheduleToCloseTimeout: '1 hour' },
    });
    expect(findings).toMatchObject([{ id: 'permanent-error-retried', evidence: { attempt: 1, maximumAttempts: 0 } }]);
    expect(findings[0]?.message).toContain('without a bound on attempts');
  });

  test('is found inside a failure that Temporal retries', async () => {
    const { findings } = await worker.call('wrapping', ['[plan: 400 once] wrapped', 'as retryable'], { attempts: 2 });
    expect(ids(findings)).toEqual(['permanent-error-retried']);
  });

  test.each(['rightly', 'as final'])('is none when it is wrapped %s, so that it ends the activity', async (how) => {
    const { error, findings } = await worker.call('wrapping', [`[plan: 401 once] ${how}`, how], { attempts: 3 });
    expect(error).toBeDefined();
    expect(findings).toEqual([]);
  });

  test('is none when it was the last attempt', async () => {
    const { findings } = await worker.call('chat', ['[plan: 401 once] last'], { attempts: 1 });
    expect(findings).toEqual([]);
  });

  test('is none when the policy lists its type', async () => {
    const retry = { nonRetryableErrorTypes: ['AuthenticationError'] };
    const { error, findings } = await worker.call('chat', ['[plan: 401 once] listed'], {
      attempts: 3,
      options: { retry },
    });
    expect(error).toBeDefined();
    expect(findings).toEqual([]);
  });

  test('is none when the deadline comes before the next attempt', async () => {
    const options = { scheduleToCloseTimeout: '20 s', retry: { initialInterval: '1 minute' } } as const;
    const { findings } = await worker.call('chat', ['[plan: 401 once] deadline'], { attempts: 3, options });
    expect(findings).toEqual([]);
  });

  test('is none when the failure is declared harmless, nor when a tool throws it', async () => {
    const harmless = await worker.call('wrapping', ['[plan: 401 once] benign', 'as harmless'], { attempts: 2 });
    const tool = await worker.call('lookUp', [], { attempts: 2 });
    expect([harmless.findings, tool.findings]).toEqual([[], []]);
  });
});

describe.concurrent('an error that passes by itself', () => {
  test.each([
    ['chat', '500 once', 'server_error'],
    ['chat', '429 once', 'rate_limited'],
    ['chat', 'drop once', 'connection'],
    ['message', '529 once', 'overloaded'],
  ])('is found when %s meets %s and the policy allows one attempt', async (activity, plan, errorType) => {
    const { findings } = await worker.call(activity, [`[plan: ${plan}] transient`], { attempts: 1 });
    const evidence = { activityType: activity, errorType, reason: 'attempts-used', maximumAttempts: 1 };
    expect(findings).toMatchObject([{ id: 'transient-error-not-retried', severity: 'warning', evidence }]);
  });

  test('is found in a local activity', async () => {
    const { findings } = await worker.call('message', ['[plan: 529 once] local'], { attempts: 1, local: true });
    expect(ids(findings)).toEqual(['transient-error-not-retried']);
  });

  test('is found when it is thrown as final', async () => {
    const { findings } = await worker.call('wrapping', ['[plan: 500 once] final', 'as final'], { attempts: 3 });
    expect(findings).toMatchObject([{ id: 'transient-error-not-retried', evidence: { reason: 'non-retryable' } }]);
  });

  test('is found when the policy lists its type', async () => {
    const retry = { nonRetryableErrorTypes: ['InternalServerError'] };
    const { findings } = await worker.call('chat', ['[plan: 500 once] type'], { attempts: 3, options: { retry } });
    expect(findings).toMatchObject([{ id: 'transient-error-not-retried', evidence: { reason: 'type-non-retryable' } }]);
  });

  test.each(['chat', 'message'])('is none when %s is tried again', async (activity) => {
    const { result, findings } = await worker.call(activity, ['[plan: 500 once; 503 once] again'], { attempts: 3 });
    expect(result).toBeDefined();
    expect(findings).toEqual([]);
  });

  test('is none when attempts ran out after several, whether policy or activity ended them', async () => {
    const policy = await worker.call('chat', ['[plan: 500 always] used up'], { attempts: 3 });
    const activity = await worker.call('givesUpAtLast', ['[plan: 500 always] gives up'], { attempts: 3 });
    expect([policy.error, activity.error]).toEqual([expect.any(Error), expect.any(Error)]);
    expect([policy.findings, activity.findings]).toEqual([[], []]);
  });
});

describe.concurrent('a provider that asks to wait', () => {
  test.each([false, true])('is found ignored when the next attempt begins earlier, local: %s', async (local) => {
    const text = `[plan: 429 once; retry-after=30] early ${local}`;
    const { result, findings } = await worker.call('chat', [text], { attempts: 2, local });
    expect(result).toBeDefined();
    const evidence = { activityType: 'chat', attempt: 2, provider: 'openai', retryAfterMs: 30_000 };
    expect(findings).toMatchObject([{ id: 'retry-after-ignored', severity: 'warning', evidence }]);
  });

  test('is heeded by a failure with nextRetryDelay', async () => {
    const text = '[plan: 429 once; retry-after=1] heeded';
    const { result, findings } = await worker.call('wrapping', [text, 'rightly'], { attempts: 2 });
    expect(result).toBeDefined();
    expect(findings).toEqual([]);
  });

  test('is heeded by a policy that waits as long', async () => {
    const retry = { initialInterval: '1 s' } as const;
    const text = '[plan: 529 once; retry-after=1] policy';
    const { result, findings } = await worker.call('message', [text], { attempts: 2, options: { retry } });
    expect(result).toBeDefined();
    expect(findings).toEqual([]);
  });
});

describe.concurrent('an exhausted quota', () => {
  test.each(['chat', 'message'])('is found at first sight with %s, and is its only finding', async (activity) => {
    const text = '[plan: quota once; retry-after=30] quota';
    const { findings } = await worker.call(activity, [text], { attempts: 2 });
    expect(findings).toMatchObject([
      { id: 'quota-exhausted', severity: 'critical', evidence: { attempt: 1, status: 429, retried: true } },
    ]);
  });

  test('is found when it ends the activity, as it should', async () => {
    const { error, findings } = await worker.call('wrapping', ['[plan: quota once] ends', 'rightly'], { attempts: 3 });
    expect(error).toBeDefined();
    expect(findings).toMatchObject([{ id: 'quota-exhausted', evidence: { attempt: 1, retried: false } }]);
  });
});

test('what detectors throw is counted, and the agent goes on', async () => {
  expect(await worker.effects.observerErrors()).toEqual({});
  const { result, findings } = await worker.call('unreadable', ['[plan: 500 once] unreadable'], { attempts: 2 });
  expect(result).toMatchObject({ object: 'chat.completion' });
  expect(findings).toEqual([]);
  expect(await worker.effects.observerErrors()).toEqual({ detector: 1 });
});
