import { ApplicationFailure, activityInfo, CancelledFailure, Context } from '@temporalio/activity';
import { IllegalStateError } from '@temporalio/common';
import OpenAI from 'openai';
import { heartbeatWhile } from 'temporal-agent-observability/activity';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ProviderServer, startProviderServer } from '../../examples/provider-server';
import { ActivityWorker } from './support';

let provider: ProviderServer;
let worker: ActivityWorker;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Counts the heartbeats of this attempt, which reach the server all the same. */
function heartbeats(): unknown[] {
  const context: { heartbeat(details?: unknown): void } = Context.current();
  const seen: unknown[] = [];
  const send = context.heartbeat;
  context.heartbeat = (details) => {
    seen.push(details);
    send(details);
  };
  return seen;
}

let ended: string | undefined;

const activities = {
  /** Longer than its heartbeat timeout of a second. */
  async long(options?: object) {
    const seen = heartbeats();
    const result = await heartbeatWhile(async () => {
      await sleep(1_500);
      return 'done';
    }, options);
    const during = seen.length;
    await sleep(400);
    return { result, during, after: seen.length - during };
  },

  async asksModel() {
    const openai = new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'local', maxRetries: 0 });
    try {
      return await heartbeatWhile((signal) =>
        openai.chat.completions.create(
          { model: 'gpt-4o', messages: [{ role: 'user', content: '[plan: delay=20000]' }] },
          { signal },
        ),
      );
    } catch (error) {
      ended = (error as Error).constructor.name;
      throw error;
    }
  },

  async goesOn() {
    return heartbeatWhile(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return 'what was ready';
    });
  },

  async failsAfterwards() {
    return heartbeatWhile(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      throw ApplicationFailure.nonRetryable('could not be undone', 'UndoFailed');
    });
  },

  async cancelledBefore() {
    let began = false;
    await heartbeatWhile(() => Context.current().cancelled).catch(() => undefined);
    const error = await heartbeatWhile(async () => {
      began = true;
    }).catch((reason: unknown) => reason);
    return [began, error instanceof CancelledFailure];
  },

  /** Fails once; the second attempt tells what the first had heartbeaten. */
  async resumes() {
    const { attempt, heartbeatDetails } = activityInfo();
    if (attempt > 1) return heartbeatDetails;
    let parts = 0;
    const details = () => {
      if (parts > 2) throw new Error('details are broken');
      return { parts };
    };
    const work = async () => {
      for (; parts < 4; parts++) await sleep(50);
      throw new Error('a dead connection');
    };
    return heartbeatWhile(work, { details, intervalMs: 20 });
  },

  async counts(options?: object) {
    const seen = heartbeats();
    const result = await heartbeatWhile(async (signal) => {
      await sleep(100);
      return signal instanceof AbortSignal;
    }, options);
    return [result, seen];
  },

  async wrong(options: object) {
    try {
      void heartbeatWhile(() => 1, options);
      return 'accepted';
    } catch (error) {
      return String(error);
    }
  },
};

beforeAll(async () => {
  provider = await startProviderServer();
  worker = await ActivityWorker.start(inject('temporalAddress'), 'heartbeat-while', activities);
});

afterAll(async () => {
  expect(await worker.effects.observerErrors()).toEqual({});
  await worker.close();
  await provider.close();
});

const HEARTBEAT = { options: { heartbeatTimeout: 1_000 } };

describe('while the work runs', () => {
  test('an activity longer than its heartbeat timeout heartbeats at a third of it, and stops with the work', async () => {
    const { error, result, records } = await worker.call('long', [], HEARTBEAT);
    expect(error).toBeUndefined();
    expect(records).toHaveLength(1);
    expect(result).toMatchObject({ result: 'done', after: 0 });
    expect((result as { during: number }).during).toBeGreaterThanOrEqual(3);
  });

  test('never heartbeats less often than that', async () => {
    const { result } = await worker.call('long', [{ intervalMs: 100_000 }], HEARTBEAT);
    expect((result as { during: number }).during).toBeGreaterThanOrEqual(3);
  });

  test('the next attempt finds the last details, also when no newer ones can be had', async () => {
    const { result } = await worker.call('resumes', [], { attempts: 2, ...HEARTBEAT });
    expect(result).toEqual({ parts: 2 });
  });

  test('details may be a value', async () => {
    const { result } = await worker.call('counts', [{ details: { step: 'answer' } }], HEARTBEAT);
    expect(result).toEqual([true, [{ step: 'answer' }]]);
  });

  test.each([
    ['without a heartbeat timeout', {}],
    ['in a local activity', { local: true }],
  ])('nothing is sent %s', async (_, how) => {
    expect((await worker.call('counts', [], how)).result).toEqual([true, []]);
  });
});

describe('when the activity is cancelled', () => {
  test('the request to the model ends and so does the activity, as cancelled, whatever the client throws', async () => {
    const { result, records } = await worker.execute('cancels', ['asksModel']);
    expect(result).toBe('ActivityFailure');
    expect(records).toMatchObject([{ outcome: 'cancelled' }]);
    expect(ended).toBe('CancelledFailure');
  });

  test('what the work returns counts', async () => {
    expect((await worker.execute('cancels', ['goesOn'])).result).toBe('what was ready');
  });

  test('another error of the work counts', async () => {
    const { records } = await worker.execute('cancels', ['failsAfterwards']);
    expect(records).toMatchObject([{ outcome: 'error', error: { name: 'UndoFailed' } }]);
  });

  test('before, the work does not begin', async () => {
    expect((await worker.execute('cancels', ['cancelledBefore'])).result).toBe('false,true');
  });
});

describe('what is wrong is refused at once', () => {
  test.each([
    [{ intervalMs: 0 }, 'RangeError: intervalMs: expected a number above 0'],
    [{ intervalMs: '5 s' }, 'TypeError: intervalMs: expected a number above 0, got "5 s"'],
    [{ interval: 5 }, 'TypeError: heartbeatWhile: unknown option "interval"; expected details, intervalMs'],
  ])('%j', async (options, message) => {
    expect((await worker.call('wrong', [options])).result).toContain(message);
  });

  test('a promise instead of a function', () => {
    const promise = Promise.resolve() as unknown as () => void;
    expect(() => heartbeatWhile(promise)).toThrow('heartbeatWhile: expected a function, got an object');
  });

  test('outside of activities', () => {
    expect(() => heartbeatWhile(async () => 1)).toThrow(IllegalStateError);
    expect(() => heartbeatWhile(async () => 1)).toThrow('heartbeatWhile works in activities only');
  });
});
