import { setTimeout as sleep } from 'node:timers/promises';
import { Context, heartbeat } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { heartbeatWhile } from 'temporal-agent-observability/activity';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { ActivityWorker } from '../activity/support';

const CANCEL_IGNORED_MS = 300;

let worker: ActivityWorker;

/** One activity's context, hostile to whoever looks at its heartbeat. */
const hostile: ActivityInterceptorsFactory = (ctx) => {
  if (ctx.info.activityType === 'unwrappable') {
    Object.defineProperty(ctx, 'heartbeat', {
      get() {
        throw new Error('not for you');
      },
    });
  }
  return {};
};

beforeAll(async () => {
  worker = await ActivityWorker.start(inject('temporalAddress'), 'running-attempts', activities, {
    plugin: { thresholds: { cancelIgnoredMs: CANCEL_IGNORED_MS } },
    worker: { interceptors: { activity: [hostile] }, shutdownGraceTime: '1 ms' },
  });
});

afterAll(() => worker.close());

/** Resolves when a finding about this activity attempt's run was logged, or after a time in which it would have been. */
async function untilFound(id: string, atMostMs: number): Promise<boolean> {
  const runId = Context.current().info.workflowExecution?.runId;
  const endMs = performance.now() + atMostMs;
  while (performance.now() < endMs) {
    if (worker.effects.findings(id).some((meta) => meta.runId === runId)) return true;
    await sleep(20);
  }
  return false;
}

/** Keeps the event loop from everything else. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** First attempts that wait, by what their second attempt calls them. */
const waiting = new Map<string, () => void>();

async function firstWaitsForSecond<T>(key: string, result: T): Promise<T> {
  if (Context.current().info.attempt === 1) await new Promise<void>((resolve) => waiting.set(key, resolve));
  else waiting.get(key)?.();
  return result;
}

async function failsOnce<T>(result: T): Promise<T> {
  if (Context.current().info.attempt === 1) throw new Error('something');
  return result;
}

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5.1-2025-11-13',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Yes.', refusal: null } }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
};

const activities = {
  silent: (atMostMs: number) => untilFound('heartbeat-silent', atMostMs),

  async silentAfterOne() {
    heartbeat();
    return untilFound('heartbeat-silent', 10_000);
  },

  /** As Temporal's own integrations do: at half the timeout. */
  async heartbeats() {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), (context.info.heartbeatTimeoutMs ?? 0) / 2);
    await sleep(3 * (context.info.heartbeatTimeoutMs ?? 0));
    clearInterval(timer);
  },

  guarded: (milliseconds: number) => heartbeatWhile((signal) => sleep(milliseconds, undefined, { signal })),

  async short() {},

  async blocked() {
    heartbeat();
    block(700);
    heartbeat();
  },

  blockedToTheEnd() {
    block(700);
  },

  async blockedShortly() {
    heartbeat();
    block(350);
    heartbeat();
  },

  async resumes() {
    const { attempt, heartbeatDetails } = Context.current().info;
    if (attempt > 1) return heartbeatDetails;
    Context.current().heartbeat({ at: 7 });
    throw new Error('something');
  },

  async unwrappable() {
    return 'fine';
  },

  /** A model call, by its arguments. */
  duplicated: (_request: object, key: string) => firstWaitsForSecond(key, COMPLETION),
  retried: (_request: object) => failsOnce(COMPLETION),
  /** A model call, by its result alone. */
  duplicatedPrompt: (key: string) => firstWaitsForSecond(key, COMPLETION),
  duplicatedTool: (key: string) => firstWaitsForSecond(key, 'found'),

  async ignoresCancellation() {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), 50);
    await context.cancelled.catch(() => untilFound('cancel-ignored', 10_000));
    clearInterval(timer);
  },

  async honoursCancellation() {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), 50);
    await context.cancelled.finally(() => clearInterval(timer));
  },

  /** As a call to a model's SDK with the signal. */
  passesItOn: () => heartbeatWhile((signal) => sleep(60_000, undefined, { signal })),

  /** Tidies up for most of the time that it may take. */
  async tidiesUp() {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), 50);
    await context.cancelled.finally(async () => {
      await sleep(CANCEL_IGNORED_MS / 3);
      clearInterval(timer);
    });
  },

  async outlivesTimeout() {
    if (Context.current().info.attempt > 1) return 'done';
    await Context.current().cancelled.catch(() => untilFound('cancel-ignored', 10_000));
    return 'too late';
  },

  async outlivesShutdown() {
    const context = Context.current();
    waiting.get('shutdown')?.();
    await context.cancelled.catch(() => sleep(4 * CANCEL_IGNORED_MS));
    return 'done';
  },
};

const REQUEST = { model: 'gpt-5.1', messages: [{ role: 'user', content: 'Hello' }] };

const ids = (findings: readonly { readonly id: string }[]) => findings.map(({ id }) => id);
const withHeartbeatTimeout = (heartbeatTimeout: number) => ({ options: { heartbeatTimeout } });

describe('an activity with a heartbeat timeout', () => {
  test('that never heartbeats is found before the timeout ends it', async () => {
    const { result, findings } = await worker.call('silent', [10_000], withHeartbeatTimeout(4000));
    expect(result).toBe(true);
    const evidence = { activityType: 'silent', heartbeats: 0, heartbeatTimeoutMs: 4000, eventLoopBlocked: false };
    expect(findings).toMatchObject([{ id: 'heartbeat-silent', severity: 'warning', evidence }]);
  });

  test('that stops to heartbeat is found before the timeout ends it', async () => {
    const { result, findings } = await worker.call('silentAfterOne', [], withHeartbeatTimeout(4000));
    expect(result).toBe(true);
    expect(findings).toMatchObject([{ id: 'heartbeat-silent', evidence: { heartbeats: 1 } }]);
  });

  test.each(['blocked', 'blockedToTheEnd'])('is found when it is %s for longer than that', async (activity) => {
    const { findings } = await worker.call(activity, [], withHeartbeatTimeout(500));
    const evidence = { activityType: activity, heartbeatTimeoutMs: 500, eventLoopBlocked: true };
    expect(findings).toMatchObject([{ id: 'heartbeat-silent', evidence }]);
    expect(findings[0]?.message).toContain('the event loop was blocked');
  });

  test('is none when it heartbeats, ends earlier, or was blocked for less', async () => {
    const healthy = await Promise.all([
      worker.call('heartbeats', [], withHeartbeatTimeout(1000)),
      worker.call('guarded', [3000], withHeartbeatTimeout(1000)),
      worker.call('short', [], withHeartbeatTimeout(1000)),
      worker.call('silent', [500]),
    ]);
    const blocked = await worker.call('blockedShortly', [], withHeartbeatTimeout(500));
    expect([...healthy, blocked].map(({ findings }) => findings)).toEqual([[], [], [], [], []]);
  });

  test('heartbeats as it would without us: details arrive at the next attempt', async () => {
    const { result, findings } = await worker.call('resumes', [], { attempts: 2, ...withHeartbeatTimeout(5000) });
    expect([result, findings]).toEqual([{ at: 7 }, []]);
  });

  test('runs on when its heartbeat cannot be wrapped, which is counted', async () => {
    const before = (await worker.effects.observerErrors()).detector ?? 0;
    const { result, findings } = await worker.call('unwrappable', [], withHeartbeatTimeout(1000));
    expect([result, findings]).toEqual(['fine', []]);
    expect(await worker.effects.observerErrors()).toEqual({ detector: before + 1 });
  });
});

describe.concurrent('a new attempt that begins while an earlier one runs', () => {
  const how = { attempts: 2, options: { startToCloseTimeout: '1 s' } } as const;

  test('is found for a model call', async () => {
    const { result, findings } = await worker.call('duplicated', [REQUEST, 'request'], how);
    expect(result).toEqual(COMPLETION);
    const evidence = { activityType: 'duplicated', attempt: 2, runningAttempt: 1 };
    expect(findings).toMatchObject([{ id: 'llm-call-duplicated', severity: 'critical', evidence }]);
  });

  test('is found for a call that only its result tells to be one of a model', async () => {
    const { findings } = await worker.call('duplicatedPrompt', ['prompt'], how);
    expect(ids(findings)).toEqual(['llm-call-duplicated']);
  });

  test('is none for a tool, nor when the earlier one had ended', async () => {
    const tool = await worker.call('duplicatedTool', ['tool'], how);
    const retried = await worker.call('retried', [REQUEST], how);
    expect([tool.result, tool.findings]).toEqual(['found', []]);
    expect([retried.result, retried.findings]).toEqual([COMPLETION, []]);
  });
});

describe.concurrent('a cancellation that was delivered', () => {
  test('is found ignored when the activity runs on', async () => {
    const { findings } = await worker.execute('cancels', ['ignoresCancellation']);
    const evidence = { activityType: 'ignoresCancellation', reason: 'cancelled', cancelIgnoredMs: CANCEL_IGNORED_MS };
    expect(findings).toMatchObject([{ id: 'cancel-ignored', severity: 'warning', evidence }]);
  });

  test('is found ignored by an activity that the server gave up', async () => {
    const options = { startToCloseTimeout: '500 ms' } as const;
    const { result } = await worker.call('outlivesTimeout', [], { attempts: 2, options });
    expect(result).toBe('done');
    const found = () =>
      worker.effects.findings('cancel-ignored').filter((meta) => meta.activityType === 'outlivesTimeout');
    await vi.waitFor(() => expect(found()).toMatchObject([{ attempt: 1, reason: 'timed out' }]), 20_000);
  });

  test.each(['honoursCancellation', 'tidiesUp', 'passesItOn'])('is none when the activity %s', async (activity) => {
    const { result, findings } = await worker.execute('cancels', [activity]);
    expect([result, findings]).toEqual(['ActivityFailure', []]);
  });
});

test('a worker that shuts down cancels what runs, and that is no finding', async () => {
  const begun = new Promise<void>((resolve) => waiting.set('shutdown', resolve));
  const client = worker.server.clientWith(worker.plugin);
  const workflowId = 'shutdown';
  await client.workflow.start('call', { workflowId, taskQueue: 'activities', args: ['outlivesShutdown', [], {}] });
  await begun;
  const before = worker.effects.findings('cancel-ignored').length;
  await worker.shutDown();
  const { records, findings } = await worker.effects.records(worker.server.namespace, workflowId);
  expect(records).toMatchObject([{ outcome: 'ok' }]);
  expect(findings).toEqual([]);
  expect(worker.effects.findings('cancel-ignored')).toHaveLength(before);
});
