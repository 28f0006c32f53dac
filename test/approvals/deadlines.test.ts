import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
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
  await vi.waitFor(async () => {
    if ((await count(handle, 'timerFiredEventAttributes')) !== timers) throw new Error('no timer fired');
  }, IN_TIME);
}

describe('when nobody decides in time', () => {
  test.concurrent.each([
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

  test.concurrent("the workflow fails with 'fail', and is not retried", async () => {
    const handle = await agents.start('asksOrFails', [{ id: 'a', timeout: 200, onTimeout: 'fail' }]);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'ApprovalTimedOut', nonRetryable: true, message: 'Nobody decided approval "a" in time' },
    });
    expect(await attributesOf(handle)).toEqual({ state: 'timed_out' });
    const [ended] = (await approvalsOf(handle)).ended;
    expect(ended).toMatchObject({ state: 'timed_out' });
    expect(Object.keys(ended ?? {})).not.toContain('approved');
  });

  test.concurrent('others are asked, one after the other, each with a time of their own', async () => {
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

  test.concurrent('an acknowledgement gives no more time', async () => {
    const handle = await agents.start('asks', [{ id: 'a', timeout: 1000 }]);
    await untilOpen(handle, 'a');
    await acknowledge(handle, { id: 'a', actor: 'ann' });
    expect(await handle.result()).toMatchObject([
      { outcome: 'timed_out', changes: [{}, { state: 'acknowledged' }, { state: 'timed_out' }] },
    ]);
  });
});

describe('while no worker is there', () => {
  const DOWN = ['deadline', 'signal-first', 'deadline-first', 'late-update', 'escalating', 'waiting'] as const;
  const runs = new Map<string, WorkflowHandle>();
  const run = (id: (typeof DOWN)[number]) => runs.get(id) ?? expect.fail(id);
  let updates: Promise<unknown>[];

  beforeAll(async () => {
    for (const id of DOWN) {
      const onTimeout = id === 'escalating' ? { escalateTo: 'lead', timeout: '1 hour' } : 'reject';
      const timeout = id === 'waiting' ? '1 hour' : 4000;
      runs.set(id, await agents.start('asks', [{ id: 'a', timeout, onTimeout }]));
    }
    await Promise.all(DOWN.map((id) => untilOpen(run(id), 'a')));
    await agents.down();
    const approve = { id: 'a', verdict: 'approve', actor: 'ann' } as const;
    await run('signal-first').signal('agentApprovalDecide', approve);
    updates = [decide(run('waiting'), approve)];
    await Promise.all(DOWN.filter((id) => id !== 'waiting').map((id) => untilFired(run(id))));
    expect(await attributesOf(run('deadline'))).toMatchObject({ state: 'submitted' });
    await run('deadline-first').signal('agentApprovalDecide', approve);
    updates.push(decide(run('escalating'), approve), refusalOf(decide(run('late-update'), approve)));
    await agents.up();
  });

  test('the deadline passes: the time-out is applied as soon as one is back', async () => {
    expect(await run('deadline').result()).toMatchObject([{ outcome: 'timed_out' }]);
    expect(await count(run('deadline'), 'timerStartedEventAttributes')).toBe(1);
  });

  test('a signal and the deadline come, in this order or the other: the decision counts', async () => {
    expect(await run('signal-first').result()).toMatchObject([{ outcome: 'approved', actor: 'ann' }]);
    expect(await run('deadline-first').result()).toMatchObject([{ outcome: 'approved', actor: 'ann' }]);
  });

  test('the last deadline passes: an update that comes then is late', async () => {
    expect(await updates[2]).toMatchObject({ reason: 'late', retry: false });
    expect(await run('late-update').result()).toMatchObject([{ outcome: 'timed_out' }]);
  });

  test('a deadline passes after which somebody else is asked: an update that comes then counts', async () => {
    expect(await updates[1]).toMatchObject({ state: 'approved' });
    expect(await run('escalating').result()).toMatchObject([{ outcome: 'approved', actor: 'ann' }]);
  });

  test('an update waits for one', async () => {
    expect(await updates[0]).toMatchObject({ state: 'approved' });
    expect(await run('waiting').result()).toMatchObject([{ outcome: 'approved' }]);
  });

  test('nothing of it fails a workflow task', async () => {
    for (const id of DOWN) expect(await count(run(id), 'workflowTaskFailedEventAttributes'), id).toBe(0);
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
