import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Agents, approvalsOf, attributesOf, decide, eventsOf, IN_TIME, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-options');
});

afterAll(() => agents?.close());

const TIME = "a time from 1 ms to 10 years, such as '4h'";
const ID = 'a non-empty string of at most 200 characters';
const FALLBACK = "'approve', 'reject', 'fail' or { escalateTo, timeout, then }";
const good = { id: 'a', timeout: '1 hour' };
const lead = { escalateTo: 'lead', timeout: '1 hour' };
const deep = (levels: number): object => (levels === 0 ? lead : { ...lead, then: deep(levels - 1) });

const BAD: readonly (readonly [unknown, string])[] = [
  [null, 'options: expected an object, got null'],
  ['a', 'options: expected an object, got "a"'],
  [{ timeout: '1 hour' }, `id: expected ${ID}, got undefined`],
  [{ ...good, id: '' }, `id: expected ${ID}, got ""`],
  [{ ...good, id: 5 }, `id: expected ${ID}, got 5`],
  [{ ...good, id: 'x'.repeat(201) }, `id: expected ${ID}, got "${'x'.repeat(100)}"`],
  [{ id: 'a' }, `timeout: expected ${TIME}, got undefined`],
  [{ ...good, timeout: 'soon' }, `timeout: expected ${TIME}, got "soon"`],
  [{ ...good, timeout: '' }, `timeout: expected ${TIME}, got ""`],
  [{ ...good, timeout: 0 }, `timeout: expected ${TIME}, got 0`],
  [{ ...good, timeout: -1 }, `timeout: expected ${TIME}, got -1`],
  [{ ...good, timeout: '-1h' }, `timeout: expected ${TIME}, got "-1h"`],
  [{ ...good, timeout: null }, `timeout: expected ${TIME}, got null`],
  [{ ...good, timeout: ['1h'] }, `timeout: expected ${TIME}, got an array`],
  [{ ...good, timeout: '11 years' }, `timeout: expected ${TIME}, got "11 years"`],
  [{ ...good, subject: 12 }, 'subject: expected a string, got 12'],
  [{ ...good, onTimeout: 'ignore' }, `onTimeout: expected ${FALLBACK}, got "ignore"`],
  [{ ...good, onTimeout: null }, `onTimeout: expected ${FALLBACK}, got null`],
  [{ ...good, onTimeout: {} }, `onTimeout.escalateTo: expected ${ID}, got undefined`],
  [{ ...good, onTimeout: { ...lead, escalateTo: '' } }, `onTimeout.escalateTo: expected ${ID}, got ""`],
  [{ ...good, onTimeout: { escalateTo: 'x' } }, `onTimeout.timeout: expected ${TIME}, got undefined`],
  [{ ...good, onTimeout: { ...lead, then: null } }, `onTimeout.then: expected ${FALLBACK}, got null`],
  [
    { ...good, onTimeout: { ...lead, then: { ...lead, timeout: 'x' } } },
    `onTimeout.then.timeout: expected ${TIME}, got "x"`,
  ],
  [{ ...good, onTimeout: deep(9) }, `onTimeout${'.then'.repeat(9)}: expected at most 9 escalations, got an object`],
];

describe('a wrong option', () => {
  test('is named, with what was expected and what came, and leaves nothing open', async () => {
    const handle = await agents.start(
      'asks',
      BAD.map(([options]) => options),
    );
    const expected = BAD.map(([, message]) => ({
      type: 'ApprovalInvalid',
      message: `requestApproval: ${message}`,
      nonRetryable: true,
    }));
    expect(await handle.result()).toEqual(expected);
    expect((await eventsOf(handle)).some((event) => event.timerStartedEventAttributes)).toBe(false);
  });

  test('ends the workflow, which is not retried for ever', async () => {
    const handle = await agents.start('asksOrFails', [{ id: 'a' }]);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'ApprovalInvalid' } });
  });
});

test('takes times as numbers and as strings, whole and not, up to ten years and nine escalations', async () => {
  const timeouts = ['10 years', '1.5h', 90_000.25, '2d'];
  const handle = await agents.start('asks', [
    ...timeouts.map((timeout, i) => ({ id: String(i), timeout })),
    { id: 'deep', timeout: '30 s', onTimeout: deep(8), subject: '' },
  ]);
  const open = await untilOpen(handle, 'deep', '2', '1', '3', '0');
  const lengths = open.map(({ requestedAt, dueAt = '' }) => Date.parse(dueAt) - Date.parse(requestedAt));
  expect(lengths).toEqual([30_000, 90_001, 5_400_000, 2 * 86_400_000, 3652.5 * 86_400_000]);
  expect(await attributesOf(handle)).toMatchObject({ dueAt: open[0]?.dueAt });
  await handle.terminate();
});

describe('an id', () => {
  test('is for one approval of a run: neither an open nor a decided one is asked again', async () => {
    const open = await agents.start('asks', [good, good]);
    await untilOpen(open, 'a');
    await decide(open, { id: 'a', verdict: 'approve' });
    const message = (how: string) =>
      `requestApproval: id: expected an id of its own for each approval; this one ${how} already, got "a"`;
    expect(await open.result()).toMatchObject([
      { outcome: 'approved' },
      { type: 'ApprovalInvalid', nonRetryable: true, message: message('is open') },
    ]);
    const handle = await agents.start('asksInTurn', [{ ...good, timeout: 50 }, good]);
    expect(await handle.result()).toMatchObject([
      { outcome: 'timed_out' },
      { type: 'ApprovalInvalid', message: message('ended as timed_out') },
    ]);
  });

  test('may be any text', async () => {
    const ids = ['__proto__', 'constructor', '💶/§ "\u0000', ' '];
    const handle = await agents.start(
      'asks',
      ids.map((id) => ({ ...good, id })),
    );
    for (const id of ids) {
      await expect.poll(() => decide(handle, { id, verdict: 'approve' }).catch(String), IN_TIME).toMatchObject({ id });
    }
    expect(await handle.result()).toMatchObject(ids.map((id) => ({ id, outcome: 'approved' })));
  });
});

test('a hundred are open at once, and the next one is an error until one of them ended', async () => {
  const many = Array.from({ length: 101 }, (_, i) => ({ id: `${i}`, timeout: `${i + 1} hours` }));
  const handle = await agents.start('asks', many);
  await untilOpen(handle, ...many.slice(0, 100).map(({ id }) => id));
  for (const { id } of many.slice(0, 100)) await handle.signal('agentApprovalDecide', { id, verdict: 'approve' });
  const outcomes = await handle.result();
  expect(outcomes.slice(0, 100)).toMatchObject(many.slice(0, 100).map(({ id }) => ({ id, outcome: 'approved' })));
  expect(outcomes[100]).toEqual({
    type: 'ApprovalInvalid',
    nonRetryable: true,
    message: 'requestApproval: id: expected at most 100 approvals open at once, got "100"',
  });
  expect((await approvalsOf(handle)).ended).toHaveLength(100);
});
