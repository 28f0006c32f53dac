import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Agents, approvalsOf, attributesOf, decide, IN_TIME, refusalOf, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-cancellation');
});

afterAll(() => agents?.close());

const hour = (id: string) => ({ id, timeout: '1 hour' });

test('a cancelled workflow gives its approvals up', async () => {
  const handle = await agents.start('asks', [hour('a'), hour('b')]);
  await untilOpen(handle, 'a', 'b');
  await decide(handle, { id: 'a', verdict: 'approve' });
  await handle.cancel();
  expect(await handle.result()).toMatchObject([{ outcome: 'approved' }, 'cancelled']);
  expect(await approvalsOf(handle)).toMatchObject({ open: [], ended: [{ id: 'b', state: 'cancelled' }, { id: 'a' }] });
  expect(await attributesOf(handle)).toEqual({});
});

test('a cancelled workflow that does not catch it is cancelled', async () => {
  const handle = await agents.start('asksOrFails', [hour('a')]);
  await untilOpen(handle, 'a');
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  expect(await attributesOf(handle)).toEqual({});
});

test('a cancelled scope gives up its own, which can be asked again; others stay open', async () => {
  const handle = await agents.start('givesUp', [hour('a'), { id: 'other', timeout: '2 hours' }]);
  const [first] = await untilOpen(handle, 'a', 'other');
  await handle.signal('proceed');
  await expect
    .poll(async () => (await approvalsOf(handle)).open.find(({ id }) => id === 'a')?.requestedAt, IN_TIME)
    .not.toBe(first?.requestedAt);
  const [again] = await untilOpen(handle, 'a', 'other');
  expect(again).toMatchObject({ state: 'submitted', changes: [{ state: 'submitted' }] });
  await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann' });
  await decide(handle, { id: 'other', verdict: 'reject' });
  expect(await handle.result()).toMatchObject([
    'cancelled',
    { outcome: 'approved', actor: 'ann' },
    { outcome: 'rejected' },
  ]);
});

test('a given up approval takes no decision', async () => {
  const handle = await agents.start('givesUpAndWaits', [hour('a')]);
  await untilOpen(handle, 'a');
  await handle.signal('proceed');
  await expect.poll(async () => (await approvalsOf(handle)).ended, IN_TIME).toMatchObject([{ state: 'cancelled' }]);
  const refusal = await refusalOf(decide(handle, { id: 'a', verdict: 'approve' }));
  expect(refusal).toMatchObject({
    reason: 'late',
    retry: false,
    message: 'Too late: the workflow no longer asks for it.',
    approval: { state: 'cancelled' },
  });
  await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'approve' });
  await expect.poll(async () => (await approvalsOf(handle)).ended, IN_TIME).toMatchObject([{ refused: 1 }]);
  await handle.signal('proceed');
  // What is asked again is asked of people again.
  const [again] = await untilOpen(handle, 'a');
  expect(again?.refused).toBe(0);
  await decide(handle, { id: 'a', verdict: 'reject' });
  expect(await handle.result()).toMatchObject(['cancelled', { outcome: 'rejected' }]);
});

test('asking in a scope that is cancelled already gives up at once', async () => {
  const handle = await agents.start('asksInCancelledScope', [hour('a')]);
  expect(await handle.result()).toEqual('cancelled');
  expect(await approvalsOf(handle)).toMatchObject({ open: [], ended: [{ state: 'cancelled' }] });
  expect(await attributesOf(handle)).toEqual({});
});

test('a decision and a cancellation that come together: the decision is kept, and its sender told the truth', async () => {
  const handle = await agents.start('asks', [hour('a')]);
  await untilOpen(handle, 'a');
  await agents.down();
  const decided = decide(handle, { id: 'a', verdict: 'approve' });
  await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'approve' });
  await handle.cancel();
  await agents.up();
  await decided;
  await handle.result();
  expect(await approvalsOf(handle)).toMatchObject({ open: [], ended: [{ state: 'approved', approved: true }] });
  expect(await attributesOf(handle)).toEqual({ state: 'approved' });
});
