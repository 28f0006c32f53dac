import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Agents, acknowledge, approvalsOf, decide, eventsOf, IN_TIME, refusalOf, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-decisions');
});

afterAll(() => agents?.close());

const hour = (id: string) => ({ id, timeout: '1 hour' });

describe('a decision is refused', () => {
  test('when the opposite was decided: trying again does not help', async () => {
    const handle = await agents.start('asks', [hour('a'), hour('b')]);
    await untilOpen(handle, 'a', 'b');
    await decide(handle, { id: 'a', verdict: 'reject', actor: 'ann' });
    const refusal = await refusalOf(decide(handle, { id: 'a', verdict: 'approve' }));
    expect(refusal).toMatchObject({
      reason: 'already-decided',
      retry: false,
      approval: { id: 'a', state: 'rejected', changes: [{}, { actor: 'ann' }] },
      message: expect.stringContaining('Decided already: rejected'),
    });
    expect(await refusalOf(acknowledge(handle, { id: 'a' }))).toMatchObject({ reason: 'already-decided' });
    await decide(handle, { id: 'b', verdict: 'approve' });
    expect(await handle.result()).toMatchObject([{ outcome: 'rejected' }, { outcome: 'approved' }]);
    // Refused before it was accepted: no event.
    const accepted = (await eventsOf(handle)).filter((e) => e.workflowExecutionUpdateAcceptedEventAttributes);
    expect(accepted).toHaveLength(2);
  });

  test('when the time-out was applied, or the workflow gave up asking', async () => {
    const handle = await agents.start('asks', [{ id: 'a', timeout: 50, onTimeout: 'approve' }, hour('b')]);
    await untilOpen(handle, 'b');
    for (const verdict of ['approve', 'reject'] as const) {
      expect(await refusalOf(decide(handle, { id: 'a', verdict }))).toMatchObject({
        reason: 'late',
        retry: false,
        approval: { state: 'timed_out', approved: true },
        message: expect.stringContaining('its time was up'),
      });
    }
    expect(await refusalOf(acknowledge(handle, { id: 'a' }))).toMatchObject({ reason: 'late' });
    await handle.terminate();

    const givingUp = await agents.start('givesUp', [{ ...hour('a') }, hour('b')]);
    await untilOpen(givingUp, 'a', 'b');
    await givingUp.cancel();
    await givingUp.result().catch(() => undefined);
    expect(await approvalsOf(givingUp)).toMatchObject({ open: [], ended: [{ state: 'cancelled' }, {}] });
  });

  test('when the workflow has not asked: trying again may help, and does', async () => {
    const handle = await agents.start('asksInTurn', [hour('first'), hour('second')]);
    await untilOpen(handle, 'first');
    const early = () => decide(handle, { id: 'second', verdict: 'approve' });
    expect(await refusalOf(early())).toMatchObject({ reason: 'not-requested', retry: true });
    expect(await refusalOf(acknowledge(handle, { id: 'second' }))).toMatchObject({ reason: 'not-requested' });
    await decide(handle, { id: 'first', verdict: 'approve' });
    await untilOpen(handle, 'second');
    expect(await early()).toMatchObject({ state: 'approved' });
    await handle.result();
  });

  test('when the workflow decides it by itself', async () => {
    const handle = await agents.start('reports', []);
    await handle.signal('report', { id: 'own', state: 'submitted' });
    await untilOpen(handle, 'own');
    const refusal = await refusalOf(decide(handle, { id: 'own', verdict: 'approve' }));
    expect(refusal).toMatchObject({ reason: 'reported', retry: false, approval: { reported: true } });
    expect(await refusalOf(acknowledge(handle, { id: 'own' }))).toMatchObject({ reason: 'reported' });
    await handle.signal('agentApprovalAcknowledge', { id: 'own' });
    await handle.signal('agentApprovalDecide', { id: 'own', verdict: 'approve' });
    await expect
      .poll(async () => (await approvalsOf(handle)).open, IN_TIME)
      .toMatchObject([{ state: 'submitted', refused: 1 }]);
    await handle.terminate();
  });

  const huge = 'x'.repeat(100_000);
  const MALFORMED: readonly (readonly [string, readonly unknown[]])[] = [
    ['nothing', []],
    ['null', [null]],
    ['a number', [7]],
    ['a string', ['approve']],
    ['an array', [[{ id: 'a', verdict: 'approve' }]]],
    ['no id', [{ verdict: 'approve' }]],
    ['an empty id', [{ id: '', verdict: 'approve' }]],
    ['an id that is no string', [{ id: ['a'], verdict: 'approve' }]],
    ['no verdict', [{ id: 'a' }]],
    ['a verdict that is none', [{ id: 'a', verdict: 'APPROVE' }]],
    ['a verdict that is an object', [{ id: 'a', verdict: { approve: true } }]],
    ['a huge string', [huge]],
  ];

  test('when it is none, by update and by signal alike, and the run goes on', async () => {
    const handle = await agents.start('asks', [hour('a')]);
    await untilOpen(handle, 'a');
    for (const [what, args] of MALFORMED) {
      const sent = handle.executeUpdate('agentApprovalDecide', { args: args as unknown as [unknown] });
      expect(await refusalOf(sent), what).toMatchObject({ reason: 'malformed', retry: false });
      await handle.signal('agentApprovalDecide', ...args);
    }
    for (const args of [[], [null], [{ id: 3 }], [{ id: '' }], ['a']]) {
      const sent = handle.executeUpdate('agentApprovalAcknowledge', { args: args as unknown as [unknown] });
      expect(await refusalOf(sent)).toMatchObject({ reason: 'malformed' });
      await handle.signal('agentApprovalAcknowledge', ...args);
    }
    expect(await untilOpen(handle, 'a')).toMatchObject([{ state: 'submitted', refused: 0 }]);
    const unknown = { id: huge, verdict: 'approve' } as const;
    expect(await refusalOf(decide(handle, unknown))).toMatchObject({ reason: 'not-requested' });

    const strange = { id: 'a', verdict: 'approve', actor: { name: 'x' }, note: huge, more: [huge] } as const;
    const view = await decide(handle, strange as never);
    expect(view.changes.at(-1)).toEqual({ state: 'approved', at: expect.any(String), note: 'x'.repeat(1000) });
    await handle.result();
    expect((await eventsOf(handle)).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
    // It is the sender's fault, not the observer's.
    expect(await agents.effects.observerErrors()).toEqual({});
  });
});

describe('a decision by signal', () => {
  test('that comes early is kept, the first of each id, and a hundred of them', async () => {
    const ids = Array.from({ length: 110 }, (_, i) => `early-${i}`);
    const handle = await agents.start('asksInTurn', [
      hour('gate'),
      ...[0, 1, 99].map((i) => hour(`early-${i}`)),
      hour('early-100'),
    ]);
    await untilOpen(handle, 'gate');
    for (const id of ids) {
      await handle.signal('agentApprovalDecide', { id, verdict: 'approve', actor: 'ann', note: 'ahead of time' });
      if (id === 'early-1') await handle.signal('agentApprovalDecide', { id, verdict: 'reject', actor: 'bob' });
    }
    await decide(handle, { id: 'gate', verdict: 'reject' });
    await untilOpen(handle, 'early-100');
    await decide(handle, { id: 'early-100', verdict: 'reject' });
    const early = { outcome: 'approved', actor: 'ann', note: 'ahead of time' };
    expect(await handle.result()).toMatchObject([
      { outcome: 'rejected' },
      { id: 'early-0', ...early, changes: [{ state: 'submitted' }, { state: 'approved' }] },
      { id: 'early-1', ...early },
      { id: 'early-99', ...early },
      { id: 'early-100', outcome: 'rejected' },
    ]);
  });

  test('that came before the first workflow task counts, and an acknowledgement is no decision', async () => {
    await agents.down();
    const handle = await agents.start('asks', [hour('a')]);
    await handle.signal('agentApprovalAcknowledge', { id: 'a', actor: 'ann' });
    await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'reject', actor: 'bob' });
    await agents.up();
    expect(await handle.result()).toMatchObject([{ outcome: 'rejected', actor: 'bob' }]);
  });

  test('acknowledges: the first of each stage counts', async () => {
    const handle = await agents.start('asks', [hour('a')]);
    await untilOpen(handle, 'a');
    await handle.signal('agentApprovalAcknowledge', { id: 'a', actor: 'ann' });
    await acknowledge(handle, { id: 'a', actor: 'bob' });
    expect(await untilOpen(handle, 'a')).toMatchObject([{ state: 'acknowledged', changes: [{}, { actor: 'ann' }] }]);
    await handle.terminate();
  });
});
