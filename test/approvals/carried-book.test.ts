import { describe, expect, test } from 'vitest';
import { readAgentHeader, withAgentHeader } from '#lib/definitions/agent-header';
import type { ApprovalState } from '#lib/definitions/approvals';
import { AGENT_HEADER } from '#lib/definitions/wire';
import { Approval } from '#lib/workflow/approvals/approval';
import { type CarriedBook, carryBook } from '#lib/workflow/approvals/carried-book';
import { readCarriedBook } from '#lib/workflow/approvals/read-carried-book';

const HEADER_BYTES = 256 * 1024;

/** As it would arrive in the next run, with a header that is as full as it can be otherwise. */
function arrived(book: CarriedBook | undefined): CarriedBook {
  const text = 'x'.repeat(1024);
  const identity = { taskType: text, taskId: text, sessionId: text, model: text, lastTool: text };
  const names = { modelActivities: Array(16).fill(text), allowed: Array(64).fill('x'.repeat(40)) };
  const headers = withAgentHeader({}, { ...identity, ...names, approvals: book });
  expect(headers[AGENT_HEADER]?.data?.length).toBeLessThan(HEADER_BYTES);
  const header = readAgentHeader(headers);
  expect(header.taskId).toBe(text);
  return readCarriedBook(header.approvals) ?? expect.fail('nothing arrived');
}

interface Made {
  readonly changes?: number;
  readonly actor?: string;
  readonly escalatedTo?: string;
  readonly settled?: boolean;
  readonly reported?: boolean;
}

function approval(
  id: string,
  state: ApprovalState,
  { changes = 2, settled = false, reported = false, ...remark }: Made = {},
): Approval {
  const made = new Approval(id, 1_700_000_000_000);
  made.change('submitted', 1_700_000_000_000);
  for (let i = 2; i < changes; i++) made.change('acknowledged', 1_700_000_000_000 + i, remark);
  made.dueAtMs = 1_700_003_600_000;
  made.escalatedTo = remark.escalatedTo;
  made.settled = settled;
  made.reported = reported;
  made.change(state, 1_700_000_009_000, remark);
  return made;
}

const many = (count: number, prefix: string, pad: string, state: ApprovalState, made?: Made) =>
  Array.from({ length: count }, (_, i) => approval(`${prefix}${i}`.padEnd(200, pad), state, made));

const early = (count: number, pad: string, actor: string) =>
  Array.from({ length: count }, (_, i) => ({ id: `early${i}`.padEnd(201, pad), verdict: 'approve' as const, actor }));

const idsOf = (items: readonly { readonly id: string }[]) => new Set(items.map(({ id }) => id));

describe('a book', () => {
  test('of a few approvals travels whole', () => {
    const open = approval('open', 'escalated', { changes: 20, actor: 'lead', escalatedTo: 'lead' });
    const ended = Array.from({ length: 30 }, (_, i) =>
      approval(`ended-${i}`, 'approved', { settled: true, actor: 'ann' }),
    );
    const book = arrived(carryBook([open], ended, early(3, 'x', 'ann')));
    expect(book.approvals).toHaveLength(21);
    expect(book.approvals.at(-1)).toMatchObject({ id: 'open', escalatedTo: 'lead', dueAtMs: 1_700_003_600_000 });
    expect(book.approvals.at(-1)?.changes).toHaveLength(20);
    // The latest twenty, the oldest of them first.
    expect(book.approvals[0]?.id).toBe('ended-19');
    expect(book.approvals[19]).toMatchObject({ id: 'ended-0', state: 'approved', changes: [{}, {}] });
    expect(book.early).toMatchObject([{ actor: 'ann' }, {}, {}]);
  });

  test('without anything does not travel', () => {
    expect(carryBook([], [], [])).toBeUndefined();
  });

  test('carries every decision that the workflow has not had, however many there are', () => {
    const unread = many(60, 'unread', 'x', 'approved', { actor: 'ann' });
    const read = many(40, 'read', 'x', 'approved', { settled: true });
    const book = arrived(carryBook([], [...read, ...unread], []));
    const ids = idsOf(book.approvals);
    expect(unread.every(({ id }) => ids.has(id))).toBe(true);
    expect(book.approvals).toHaveLength(80);
  });

  test.each([
    ['ASCII', 'x'],
    ['three bytes', '審'],
    ['four bytes', '💶'],
  ])('is bounded with a hundred open of the longest ids and names, %s, and none of them is lost', (_, pad) => {
    const actor = pad.repeat(200 / pad.length);
    const made = { changes: 20, actor, escalatedTo: actor };
    const open = many(100, 'open', pad, 'escalated', made);
    const unread = many(20, 'unread', pad, 'rejected', made);
    const reported = many(100, 'reported', pad, 'submitted', { ...made, reported: true });
    const book = arrived(carryBook([...open, ...reported], unread, early(100, pad, actor)));
    const ids = idsOf(book.approvals);
    for (const { id } of [...open, ...unread]) expect(ids).toContain(id);
    for (const { id, dueAtMs, requestedAtMs } of book.approvals) {
      if (id.startsWith('open')) expect([dueAtMs, requestedAtMs]).toEqual([1_700_003_600_000, 1_700_000_000_000]);
    }
    // When it was decided is known, whoever did it.
    const decided = book.approvals.find(({ id }) => id.startsWith('unread')) ?? expect.fail();
    expect(Approval.carriedOn(decided).changedAtMs).toBe(1_700_000_009_000);
  });

  test('of characters that JSON escapes is bounded, too: what is open goes before all else', () => {
    const made = { changes: 20, actor: '\u0001'.repeat(200), escalatedTo: '\u0001'.repeat(200) };
    const open = many(100, 'open', '\u0001', 'escalated', made);
    const rest = many(100, 'ended', '\u0001', 'approved', made);
    const book = arrived(carryBook(open, rest, early(100, '\u0001', '\u0001'.repeat(200))));
    const ids = idsOf(book.approvals);
    for (const { id } of open) expect(ids).toContain(id);
    expect(ids.size).toBeGreaterThan(100);
  });
});

test.each([
  ['nothing', undefined],
  ['text', 'approvals'],
  ['an empty object', {}],
  ['lists of something else', { approvals: [null, 1, 'a', {}], early: [[], { id: 1 }] }],
  ['no lists', { approvals: { length: 1 }, early: 'early' }],
  ['unknown states', { approvals: [{ id: 'a', state: 'else', requestedAtMs: 1 }], early: [{ id: 'a', verdict: 'x' }] }],
])('reads %s as a book without approvals', (_, value) => {
  const { approvals, early: decisions } = readCarriedBook(value) ?? { approvals: [], early: [] };
  expect([...approvals, ...decisions]).toEqual([]);
});

test('reads what it can of an approval whose details are malformed', () => {
  const good = { id: 'a', state: 'submitted', requestedAtMs: 1 };
  const changes = [null, ['submitted', 1], ['else', 1], ['submitted', 'x'], 7];
  const bad = { ...good, id: 'b', dueAtMs: 'soon', stage: -1, escalatedTo: {}, repeats: 'x', approved: 1, changes };
  const hostile = {
    approvals: [{ ...good, changes: 'x' }, bad, { ...good, id: 'c', requestedAtMs: 1e300 }],
    early: [],
  };
  const book = readCarriedBook(hostile) ?? expect.fail();
  const views = book.approvals.map((item) => Approval.carriedOn(item).view());
  expect(views).toEqual([
    expect.objectContaining({ id: 'a', changes: [] }),
    expect.objectContaining({ id: 'b', repeats: 0, changes: [{ state: 'submitted', at: '1970-01-01T00:00:00.001Z' }] }),
  ]);
  expect(views[1]).not.toHaveProperty('dueAt');
  expect(views[1]).not.toHaveProperty('escalatedTo');
});
