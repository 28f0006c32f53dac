import { randomUUID } from 'node:crypto';
import type { ListApprovalsOptions, ListedApproval, ListedApprovals } from 'temporal-agent-observability/client';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { Office, type Request } from './office';

let office: Office;

beforeAll(async () => {
  office = await Office.open(inject('temporalAddress'), 'approvals-listing');
});

afterAll(() => office.close());

test('lists what is open, the most urgent first, with ids, subjects and changes', async () => {
  const taskType = randomUUID();
  const relaxed = await ask(taskType, { id: 'relaxed', timeout: '3 hours' });
  const two = await ask(
    taskType,
    { id: 'second', timeout: '2 hours' },
    { id: 'first', subject: 'Urgent', timeout: '1 hour' },
  );
  const { approvals, more } = await shown({ taskType }, 3);
  expect(approvals.map(({ workflowId, approval }) => [workflowId, approval?.id])).toEqual([
    [two, 'first'],
    [two, 'second'],
    [relaxed, 'relaxed'],
  ]);
  expect(more).toBe(false);
  const [first] = approvals;
  expect(first).toMatchObject({ taskType, workflowType: 'asksAndStays', taskQueue: 'office', state: 'submitted' });
  expect(first).toMatchObject({
    details: 'complete',
    approval: { subject: 'Urgent', changes: [{ state: 'submitted' }] },
  });
  expect(first?.dueAt).toBe(first?.approval?.dueAt);
  expect(first).not.toHaveProperty('overdueMs');
});

test('lists what is decided no more, whatever visibility still shows', async () => {
  const taskType = randomUUID();
  const workflowId = await ask(taskType, { id: 'refund' });
  await shown({ taskType }, 1);
  await office.approvals.decide(workflowId, 'refund', { verdict: 'approve' });
  expect(await office.approvals.list({ taskType })).toEqual({ approvals: [], more: false });
});

test('lists as many as are wanted, and says that there are more', async () => {
  const taskType = randomUUID();
  await ask(taskType, { id: 'relaxed', timeout: '2 hours' });
  await ask(taskType, { id: 'urgent', timeout: '1 hour' }, { id: 'next', timeout: '90 minutes' });
  await shown({ taskType }, 3);
  expect(idsOf(await office.approvals.list({ taskType, limit: 2 }))).toEqual(['urgent', 'next']);
  expect(await office.approvals.list({ taskType, limit: 2 })).toMatchObject({ more: true });
  expect(await office.approvals.list({ taskType, limit: 3 })).toMatchObject({ more: false });
});

test('without details asks visibility alone, which shows one approval of each run', async () => {
  const taskType = randomUUID();
  await ask(taskType, { id: 'one' }, { id: 'two', timeout: '1 minute' });
  await shown({ taskType }, 2);
  const { approvals } = await office.approvals.list({ taskType, details: false });
  expect(approvals).toHaveLength(1);
  expect(approvals[0]).toMatchObject({ state: 'submitted', details: 'skipped', dueAt: expect.any(String) });
  expect(approvals[0]).not.toHaveProperty('approval');
});

test('shows what is overdue while there is no worker, as visibility has it', async () => {
  const taskType = randomUUID();
  const late = await ask(taskType, { id: 'late', timeout: 3_000 });
  await ask(taskType, { id: 'in time' });
  await shown({ taskType }, 2);
  await office.stopWorker();
  try {
    const list = { taskType, overdue: true, timeout: 1000 };
    const overdue = await vi.waitFor(
      async () => {
        const { approvals } = await office.approvals.list({ ...list, details: false });
        expect(approvals).toHaveLength(1);
        return approvals;
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(overdue[0]).toMatchObject({ workflowId: late, state: 'submitted', overdueMs: expect.any(Number) });
    const { approvals } = await office.approvals.list(list);
    expect(approvals).toMatchObject([{ workflowId: late, details: 'unavailable', overdueMs: expect.any(Number) }]);
  } finally {
    await office.startWorker();
  }
  // Its time-out is applied as soon as a worker is back.
  await vi.waitFor(
    async () => expect(await office.approvals.list({ taskType, overdue: true })).toMatchObject({ approvals: [] }),
    {
      timeout: 20_000,
      interval: 200,
    },
  );
});

test('has the details of runs with a worker beside many that have none', async () => {
  const taskType = randomUUID();
  const soon = new Date(Date.now() + 60_000);
  await Promise.all(Array.from({ length: 40 }, (_, i) => office.startUnattended(`${taskType}-${i}`, taskType, soon)));
  await ask(taskType, { id: 'attended' });
  await shown({ taskType, details: false }, 41);
  const { approvals } = await office.approvals.list({ taskType });
  expect(approvals.slice(0, 40).every(({ details }) => details === 'unavailable')).toBe(true);
  expect(approvals[40]).toMatchObject({ details: 'complete', approval: { id: 'attended' } });
});

/** Starts an agent that waits for these. */
async function ask(taskType: string, ...requests: Request[]): Promise<string> {
  const { workflowId } = await office.start('asksAndStays', requests, taskType);
  return workflowId;
}

/** The list as soon as visibility shows so many. */
async function shown(options: ListApprovalsOptions, count: number): Promise<ListedApprovals> {
  return vi.waitFor(
    async () => {
      const found = await office.approvals.list(options);
      expect(found.approvals).toHaveLength(count);
      return found;
    },
    { timeout: 20_000, interval: 100 },
  );
}

function idsOf({ approvals }: { readonly approvals: readonly ListedApproval[] }): (string | undefined)[] {
  return approvals.map(({ approval }) => approval?.id);
}
