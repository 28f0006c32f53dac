import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Agents, acknowledge, approvalsOf, decide, IN_TIME, untilNextRun, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-query');
});

afterAll(() => agents?.close());

const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

test('shows an open approval with all that happened to it, and how it ended', async () => {
  const onTimeout = { escalateTo: 'lead', timeout: '1 hour' };
  const handle = await agents.start('asks', [
    { id: 'refund', subject: 'Refund 12 to Ann', timeout: 1500, onTimeout },
    { id: 'mail', timeout: '2 hours' },
  ]);
  const [requested] = await untilOpen(handle, 'refund', 'mail');
  expect(requested).toEqual({
    id: 'refund',
    subject: 'Refund 12 to Ann',
    state: 'submitted',
    requestedAt: at,
    dueAt: at,
    repeats: 0,
    refused: 0,
    changes: [{ state: 'submitted', at: requested?.requestedAt }],
  });
  expect(Date.parse(requested?.dueAt ?? '') - Date.parse(requested?.requestedAt ?? '')).toBe(1500);

  const seen = await acknowledge(handle, { id: 'refund', actor: 'ann', note: 'looking' });
  expect(seen).toMatchObject({ state: 'acknowledged', dueAt: requested?.dueAt });
  await expect.poll(async () => (await approvalsOf(handle)).open[0]?.state, IN_TIME).toBe('escalated');
  const decided = await decide(handle, { id: 'refund', verdict: 'reject', actor: 'lead', note: 'too much' });
  const { open, ended } = await approvalsOf(handle);
  expect(ended).toEqual([decided]);
  expect(decided).toEqual({
    id: 'refund',
    subject: 'Refund 12 to Ann',
    state: 'rejected',
    requestedAt: requested?.requestedAt,
    escalatedTo: 'lead',
    approved: false,
    repeats: 0,
    refused: 0,
    changes: [
      { state: 'submitted', at: requested?.requestedAt },
      { state: 'acknowledged', at, actor: 'ann', note: 'looking' },
      { state: 'escalated', at, actor: 'lead' },
      { state: 'rejected', at, actor: 'lead', note: 'too much' },
    ],
  });
  const times = decided.changes.map((change) => Date.parse(change.at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(open).toMatchObject([{ id: 'mail' }]);
  await decide(handle, { id: 'mail', verdict: 'approve' });
  expect(await handle.result()).toMatchObject([
    {
      outcome: 'rejected',
      actor: 'lead',
      note: 'too much',
      changes: decided.changes,
      decidedAt: decided.changes[3]?.at,
    },
    { outcome: 'approved' },
  ]);
  // A run that has closed still answers.
  expect(await approvalsOf(handle)).toMatchObject({ open: [], ended: [{ id: 'mail' }, { id: 'refund' }] });
});

test('orders open ones by urgency and ended ones by their end, the latest first', async () => {
  const timeouts = { c: '3 hours', a: '1 hour', d: '4 hours', b: '2 hours' };
  const handle = await agents.start(
    'asks',
    Object.entries(timeouts).map(([id, timeout]) => ({ id, timeout })),
  );
  await untilOpen(handle, 'a', 'b', 'c', 'd');
  await decide(handle, { id: 'd', verdict: 'approve' });
  await decide(handle, { id: 'b', verdict: 'approve' });
  const { open, ended } = await approvalsOf(handle);
  expect(open.map(({ id }) => id)).toEqual(['a', 'c']);
  expect(ended.map(({ id }) => id)).toEqual(['b', 'd']);
  await handle.terminate();
});

test('counts decisions that repeat the one taken, and by signal those that contradict it', async () => {
  const handle = await agents.start('asks', [
    { id: 'a', timeout: '1 hour' },
    { id: 'b', timeout: '2 hours' },
  ]);
  await untilOpen(handle, 'a', 'b');
  await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann' });
  const repeated = await decide(handle, { id: 'a', verdict: 'approve', actor: 'bob' });
  expect(repeated).toMatchObject({ repeats: 1, changes: [{}, { state: 'approved', actor: 'ann' }] });
  await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'approve' });
  await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'reject' });
  await expect
    .poll(async () => (await approvalsOf(handle)).ended[0], IN_TIME)
    .toMatchObject({ repeats: 2, refused: 1 });
  await handle.terminate();
});

test('answers in the next run before the workflow asks there, without words that do not travel', async () => {
  const handle = await agents.start('asksLaterInNextRun', [1, { id: 'long', subject: 'A word', timeout: '1 hour' }]);
  const [first] = await untilOpen(handle, 'long');
  await acknowledge(handle, { id: 'long', actor: 'ann', note: 'a word' });
  const { runId } = await handle.describe();
  await handle.signal('proceed');
  await untilNextRun(handle, runId);
  const [carried] = await untilOpen(handle, 'long');
  expect(carried).toEqual({
    id: 'long',
    state: 'acknowledged',
    requestedAt: first?.requestedAt,
    dueAt: first?.dueAt,
    repeats: 0,
    refused: 0,
    changes: [
      { state: 'submitted', at: first?.requestedAt },
      { state: 'acknowledged', at, actor: 'ann' },
    ],
  });
  await handle.signal('proceed');
  await expect.poll(async () => (await approvalsOf(handle)).open[0]?.subject, IN_TIME).toBe('A word');
  await handle.terminate();
});

test('keeps the first change and the last ones of an approval with very many', async () => {
  const handle = await agents.start('reports', []);
  for (let i = 0; i < 30; i++) {
    const state = i % 2 === 0 ? 'submitted' : 'acknowledged';
    await handle.signal('report', { id: 'busy', state, actor: `actor-${i}` });
  }
  await expect.poll(async () => (await approvalsOf(handle)).open[0]?.changes.at(-1)?.actor, IN_TIME).toBe('actor-29');
  const [busy] = (await approvalsOf(handle)).open;
  expect(busy?.changes).toHaveLength(20);
  expect(busy?.changes.slice(0, 2)).toMatchObject([{ actor: 'actor-0' }, { actor: 'actor-11' }]);
  await handle.terminate();
});
