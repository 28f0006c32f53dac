import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { countOurs } from '../support/histories';
import { Agents, acknowledge, attributesOf, decide, eventsOf, IN_TIME, untilNextRun, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-attributes');
});

afterAll(() => agents?.close());

const requested = (id: string, timeout: string | number = '1 hour') => ({ id, timeout });

describe('the search attributes', () => {
  test('follow an approval from the request to the end', async () => {
    const onTimeout = { escalateTo: 'lead', timeout: '2 hours' };
    const handle = await agents.start('asks', [{ ...requested('refund', 700), onTimeout }]);
    await expect.poll(() => attributesOf(handle), IN_TIME).toMatchObject({ state: 'submitted' });
    await acknowledge(handle, { id: 'refund', actor: 'ann' });
    expect(await attributesOf(handle)).toMatchObject({ state: 'acknowledged', dueAt: expect.any(String) });
    await expect.poll(() => attributesOf(handle), IN_TIME).toMatchObject({ state: 'escalated' });
    const [open] = await untilOpen(handle, 'refund');
    expect(await attributesOf(handle)).toEqual({ state: 'escalated', dueAt: open?.dueAt });
    await acknowledge(handle, { id: 'refund', actor: 'lead' });
    expect(await attributesOf(handle)).toEqual({ state: 'acknowledged', dueAt: open?.dueAt });
    await decide(handle, { id: 'refund', verdict: 'approve' });
    await handle.result();
    expect(await attributesOf(handle)).toEqual({ state: 'approved' });
  });

  test('are those of the most urgent one where several are open, and then of the one that ended last', async () => {
    const handle = await agents.start('asks', [
      requested('late', '3 hours'),
      requested('soon'),
      requested('mid', '2h'),
    ]);
    const [soon, mid, late] = await untilOpen(handle, 'soon', 'mid', 'late');
    expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: soon?.dueAt });
    await acknowledge(handle, { id: 'mid' });
    expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: soon?.dueAt });
    await decide(handle, { id: 'soon', verdict: 'reject' });
    expect(await attributesOf(handle)).toEqual({ state: 'acknowledged', dueAt: mid?.dueAt });
    await decide(handle, { id: 'mid', verdict: 'approve' });
    expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: late?.dueAt });
    await decide(handle, { id: 'late', verdict: 'reject' });
    await handle.result();
    expect(await attributesOf(handle)).toEqual({ state: 'rejected' });
  });

  test('say that time was up', async () => {
    const handle = await agents.start('asks', [requested('unseen', 100)]);
    await handle.result();
    expect(await attributesOf(handle)).toEqual({ state: 'timed_out' });
  });

  test('of a given up approval are removed, and those of another one stay', async () => {
    const handle = await agents.start('givesUp', [requested('given-up'), requested('other', '2 hours')]);
    const [, other] = await untilOpen(handle, 'given-up', 'other');
    await decide(handle, { id: 'other', verdict: 'approve' });
    await handle.signal('proceed');
    await expect
      .poll(async () => (await eventsOf(handle)).filter((e) => e.timerStartedEventAttributes).length, IN_TIME)
      .toBe(3);
    const [again] = await untilOpen(handle, 'given-up');
    expect(again?.requestedAt).not.toBe(other?.requestedAt);
    expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: again?.dueAt });
    await handle.cancel();
    await handle.result().catch(() => undefined);
    expect(await attributesOf(handle)).toEqual({});
  });

  test('that the run before left are removed by the decision of the next run, though nobody asks there', async () => {
    const handle = await agents.start('asksLaterInNextRun', [1, requested('long')]);
    const [open] = await untilOpen(handle, 'long');
    const { runId } = await handle.describe();
    await handle.signal('proceed');
    await untilNextRun(handle, runId);
    await untilOpen(handle, 'long');
    expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: open?.dueAt });
    await decide(handle, { id: 'long', verdict: 'approve' });
    expect(await attributesOf(handle)).toEqual({ state: 'approved' });
    await handle.signal('proceed');
    expect(await handle.result()).toMatchObject([{ outcome: 'approved' }]);
  });

  test('change with approvals alone: a repeated or refused decision writes nothing', async () => {
    const handle = await agents.start('asks', [requested('a'), requested('b')]);
    await untilOpen(handle, 'a', 'b');
    await decide(handle, { id: 'a', verdict: 'approve' });
    const before = countOurs(await handle.fetchHistory());
    await decide(handle, { id: 'a', verdict: 'approve' });
    await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'reject' });
    await handle.signal('agentApprovalDecide', { id: 'unknown', verdict: 'reject' });
    await decide(handle, { id: 'b', verdict: 'approve' });
    await handle.result();
    const { upserts } = countOurs(await handle.fetchHistory());
    expect(upserts).toBe(before.upserts + 1);
  });
});

test('a run without approvals has none of these attributes', async () => {
  const handle = await agents.start('asks', []);
  await handle.result();
  expect(await attributesOf(handle)).toEqual({});
  expect(countOurs(await handle.fetchHistory())).toEqual({ markers: 1, upserts: 0 });
});
