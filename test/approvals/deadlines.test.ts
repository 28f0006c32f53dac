import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  Agents,
  acknowledge,
  approvalsOf,
  attributesOf,
  decide,
  eventsOf,
  IN_TIME,
  refusalOf,
  untilOpen,
} from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-deadlines');
});

afterAll(() => agents?.close());

async function count(handle: WorkflowHandle, event: string): Promise<number> {
  return (await eventsOf(handle)).filter((e) => e[event as keyof typeof e] != null).length;
}

/** Waits, without a worker, until the server fired that many timers. */
async function untilFired(handle: WorkflowHandle, timers = 1): Promise<void> {
  await expect.poll(() => count(handle, 'timerFiredEventAttributes'), IN_TIME).toBe(timers);
}

describe('when nobody decides in time', () => {
  test.each([
    ['the agent goes on as if rejected by default', undefined, false],
    ['the agent goes on as if approved', 'approve', true],
    ['the agent goes on as if rejected', 'reject', false],
  ] as const)('%s', async (_, onTimeout, approved) => {
    const handle = await agents.start('asks', [{ id: 'a', timeout: '0.2s', ...(onTimeout && { onTimeout }) }]);
    const [outcome] = await handle.result();
    expect(outcome).toEqual({
      id: 'a',
      approved,
      outcome: 'timed_out',
      decidedAt: expect.any(String),
      changes: [
        { state: 'submitted', at: expect.any(String) },
        { state: 'timed_out', at: outcome.decidedAt },
      ],
    });
  });

  test("the workflow fails with 'fail', and is not retried", async () => {
    const handle = await agents.start('asksOrFails', [{ id: 'a', timeout: 200, onTimeout: 'fail' }]);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'ApprovalTimedOut', nonRetryable: true, message: 'Nobody decided approval "a" in time' },
    });
    expect(await attributesOf(handle)).toEqual({ state: 'timed_out' });
    const [ended] = (await approvalsOf(handle)).ended;
    expect(ended).toMatchObject({ state: 'timed_out' });
    expect(Object.keys(ended ?? {})).not.toContain('approved');
  });

  test('others are asked, one after the other, each with a time of their own', async () => {
    const head = { escalateTo: 'head', timeout: 400.5, then: 'approve' };
    const onTimeout = { escalateTo: 'lead', timeout: '300ms', then: head };
    const handle = await agents.start('asks', [{ id: 'a', timeout: 199.2, onTimeout }]);
    const [{ changes, approved, outcome }] = await handle.result();
    expect([approved, outcome]).toEqual([true, 'timed_out']);
    expect(changes).toMatchObject([
      { state: 'submitted' },
      { state: 'escalated', actor: 'lead' },
      { state: 'escalated', actor: 'head' },
      { state: 'timed_out' },
    ]);
    const times = changes.map(({ at }: { at: string }) => Date.parse(at));
    expect(times[1] - times[0]).toBeGreaterThanOrEqual(200);
    expect(times[2] - times[1]).toBeGreaterThanOrEqual(300);
    expect(times[3] - times[2]).toBeGreaterThanOrEqual(401);
    // None of them was set up to wait longer than it should, none twice.
    expect(await count(handle, 'timerStartedEventAttributes')).toBe(3);
  });

  test('an acknowledgement gives no more time', async () => {
    const handle = await agents.start('asks', [{ id: 'a', timeout: 1000 }]);
    await untilOpen(handle, 'a');
    await acknowledge(handle, { id: 'a', actor: 'ann' });
    expect(await handle.result()).toMatchObject([
      { outcome: 'timed_out', changes: [{}, { state: 'acknowledged' }, { state: 'timed_out' }] },
    ]);
  });
});

describe('while no worker is there', () => {
  /** Opens an approval, ends the worker, and starts it again after `meanwhile`. */
  async function downDuring(options: object, meanwhile: (handle: WorkflowHandle) => Promise<void>) {
    const handle = await agents.start('asks', [{ id: 'a', ...options }]);
    await untilOpen(handle, 'a');
    await agents.down();
    await meanwhile(handle);
    await agents.up();
    return handle;
  }

  test('the deadline passes: the time-out is applied as soon as one is back', async () => {
    const handle = await downDuring({ timeout: 1000 }, async (down) => {
      await untilFired(down);
      expect(await attributesOf(down)).toMatchObject({ state: 'submitted' });
    });
    expect(await handle.result()).toMatchObject([{ outcome: 'timed_out' }]);
    expect(await count(handle, 'timerStartedEventAttributes')).toBe(1);
  });

  test('a signal and the deadline come, in this order or the other: the decision counts', async () => {
    const first = await downDuring({ timeout: 1500 }, async (down) => {
      await down.signal('agentApprovalDecide', { id: 'a', verdict: 'approve', actor: 'ann' });
      await untilFired(down);
    });
    expect(await first.result()).toMatchObject([{ outcome: 'approved', actor: 'ann' }]);
    const last = await downDuring({ timeout: 1000 }, async (down) => {
      await untilFired(down);
      await down.signal('agentApprovalDecide', { id: 'a', verdict: 'approve', actor: 'ann' });
    });
    expect(await last.result()).toMatchObject([{ outcome: 'approved', actor: 'ann' }]);
    for (const handle of [first, last]) {
      expect((await eventsOf(handle)).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
    }
  });

  test('the last deadline passes: an update that comes then is late', async () => {
    let refused: Promise<{ readonly reason: string }> | undefined;
    const handle = await downDuring({ timeout: 1000 }, async (down) => {
      await untilFired(down);
      refused = refusalOf(decide(down, { id: 'a', verdict: 'approve' }));
      refused.catch(() => undefined);
    });
    expect(await refused).toMatchObject({ reason: 'late', retry: false });
    expect(await handle.result()).toMatchObject([{ outcome: 'timed_out' }]);
  });

  test('a deadline passes after which somebody else is asked: an update that comes then counts', async () => {
    let decided: Promise<unknown> | undefined;
    const onTimeout = { escalateTo: 'lead', timeout: '1 hour' };
    const handle = await downDuring({ timeout: 1000, onTimeout }, async (down) => {
      await untilFired(down);
      decided = decide(down, { id: 'a', verdict: 'approve', actor: 'ann' });
    });
    expect(await decided).toMatchObject({ state: 'approved' });
    expect(await handle.result()).toMatchObject([{ outcome: 'approved', actor: 'ann' }]);
  });

  test('an update waits for one', async () => {
    let decided: Promise<unknown> | undefined;
    const handle = await downDuring({ timeout: '1 hour' }, async (down) => {
      decided = decide(down, { id: 'a', verdict: 'reject' });
    });
    expect(await decided).toMatchObject({ state: 'rejected' });
    expect(await handle.result()).toMatchObject([{ outcome: 'rejected' }]);
  });
});

test('workers come and go while approvals are open, with a cache and without: the deadlines stay', async () => {
  const onTimeout = { escalateTo: 'lead', timeout: '1 hour' };
  const handle = await agents.start('asks', [
    { id: 'a', timeout: '2 hours' },
    { id: 'b', timeout: 300, onTimeout },
  ]);
  await untilOpen(handle, 'b', 'a');
  await expect.poll(async () => (await approvalsOf(handle)).open[0]?.state, IN_TIME).toBe('escalated');
  const before = await approvalsOf(handle);
  for (const maxCachedWorkflows of [100, 0]) {
    await agents.down();
    await agents.up({ maxCachedWorkflows });
    expect(await approvalsOf(handle)).toEqual(before);
  }
  await acknowledge(handle, { id: 'b', actor: 'lead' });
  await decide(handle, { id: 'b', verdict: 'approve' });
  await decide(handle, { id: 'a', verdict: 'reject' });
  expect(await handle.result()).toMatchObject([{ outcome: 'rejected' }, { outcome: 'approved' }]);
  expect((await eventsOf(handle)).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
});
