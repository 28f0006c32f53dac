import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { ApprovalClient, ApprovalRefusedError, ApprovalUnansweredError } from 'temporal-agent-observability/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { failureOf, Office, type Request } from './office';

let office: Office;
let stumbling: string;

beforeAll(async () => {
  office = await Office.open(inject('temporalAddress'), 'approvals-deciding');
  // Here, for the server takes ten seconds until it gives up on a run.
  const { workflowId } = await started('stumbles', { id: 'refund' });
  await office.server.client.workflow.getHandle(workflowId).signal('stumble');
  stumbling = workflowId;
});

afterAll(() => office.close());

describe('decide', () => {
  test('gives the decision to the workflow, and the approval after it to whoever decides', async () => {
    const { workflowId, result } = await started('asks', { id: 'refund', subject: 'Refund 12' });
    const options = { verdict: 'approve', actor: 'kim', note: 'fine' } as const;
    const view = await office.approvals.decide(workflowId, 'refund', options);
    expect(view).toMatchObject({ id: 'refund', subject: 'Refund 12', state: 'approved', approved: true, repeats: 0 });
    expect(view.changes).toEqual([
      { state: 'submitted', at: expect.any(String) },
      { state: 'approved', at: expect.any(String), actor: 'kim', note: 'fine' },
    ]);
    expect(await result()).toEqual(['approved kim fine']);
  });

  test('refuses the opposite of what was decided, and says what was', async () => {
    const { workflowId } = await started('asksAndStays', { id: 'refund' });
    await office.approvals.decide(workflowId, 'refund', { verdict: 'reject', actor: 'kim' });
    const error = await failureOf(office.approvals.decide(workflowId, 'refund', { verdict: 'approve' }));
    expect(error).toBeInstanceOf(ApprovalRefusedError);
    expect(error).toMatchObject({
      workflowId,
      approvalId: 'refund',
      reason: 'already-decided',
      retry: false,
      approval: { state: 'rejected', approved: false },
    });
    expect(String(error)).toContain('rejected');
  });

  test('is one decision when it comes twice, and what repeats it is counted', async () => {
    const { workflowId } = await started('asksAndStays', { id: 'refund' });
    const approve = { verdict: 'approve', actor: 'kim' } as const;
    const first = await office.approvals.decide(workflowId, 'refund', approve);
    const second = await office.approvals.decide(workflowId, 'refund', { ...approve, actor: 'lee' });
    expect(second).toEqual(first);
    await office.approvals.decide(workflowId, 'refund', { ...approve, via: 'signal' });
    await office.approvals.decide(workflowId, 'refund', { verdict: 'reject', via: 'signal' });
    const view = await office.approvals.get(workflowId, 'refund');
    expect(view).toMatchObject({ state: 'approved', repeats: 1, refused: 1 });
    expect(view.changes).toEqual(first.changes);
  });

  test('goes to the run that the task is in after it continued as new', async () => {
    const handle = await office.start('asksAcrossRuns', [{ id: 'refund', subject: 'Refund 12' }]);
    const { workflowId } = handle;
    await office.approvals.acknowledge(workflowId, 'refund', { actor: 'kim' });
    const { runId } = await handle.describe();
    await handle.signal('go');
    await vi.waitFor(async () => expect((await handle.describe()).runId).not.toBe(runId));
    const view = await office.approvals.decide(workflowId, 'refund', { verdict: 'approve', actor: 'lee' });
    expect(view.changes.map(({ state, actor }) => [state, actor])).toEqual([
      ['submitted', undefined],
      ['acknowledged', 'kim'],
      ['approved', 'lee'],
    ]);
    expect(await handle.result()).toEqual(['approved lee']);
  });

  test('counts what repeats it in the next run, where the server no longer knows the first one', async () => {
    const handle = await office.start('asksAcrossRuns', [{ id: 'refund' }]);
    const { workflowId } = handle;
    await office.approvals.get(workflowId);
    const approve = { verdict: 'approve', actor: 'kim' } as const;
    await office.approvals.decide(workflowId, 'refund', approve);
    const { runId } = await handle.describe();
    await handle.signal('go');
    await vi.waitFor(async () => expect((await handle.describe()).runId).not.toBe(runId));
    expect(await office.approvals.decide(workflowId, 'refund', approve)).toMatchObject({ state: 'approved' });
    const reject = office.approvals.decide(workflowId, 'refund', { verdict: 'reject' });
    expect(await failureOf(reject)).toMatchObject({ reason: 'already-decided', approval: { state: 'approved' } });
  });
});

describe('acknowledge', () => {
  test('says who takes care of it and leaves it open', async () => {
    const { workflowId } = await started('asks', { id: 'refund' });
    const before = await office.approvals.get(workflowId, 'refund');
    const view = await office.approvals.acknowledge(workflowId, 'refund', { actor: 'kim', note: 'looking' });
    expect(view).toMatchObject({ state: 'acknowledged', dueAt: before.dueAt });
    expect(view.changes.at(-1)).toMatchObject({ state: 'acknowledged', actor: 'kim', note: 'looking' });
    expect(await office.approvals.acknowledge(workflowId, 'refund', { actor: 'kim', note: 'looking' })).toEqual(view);
  });

  test('counts again after an escalation, by the same person with the same words', async () => {
    const onTimeout = { escalateTo: 'lead', timeout: '1 hour' } as const;
    const { workflowId } = await started('asks', { id: 'refund', timeout: 1000, onTimeout });
    await office.approvals.acknowledge(workflowId, 'refund', { actor: 'kim' });
    await untilState(workflowId, 'escalated');
    const view = await office.approvals.acknowledge(workflowId, 'refund', { actor: 'kim' });
    expect(view.changes.map(({ state }) => state)).toEqual(['submitted', 'acknowledged', 'escalated', 'acknowledged']);
  });

  test('comes too late after a decision, and says so', async () => {
    const { workflowId } = await started('asksAndStays', { id: 'refund' });
    await office.approvals.decide(workflowId, 'refund', { verdict: 'approve' });
    const error = await failureOf(office.approvals.acknowledge(workflowId, 'refund'));
    expect(error).toMatchObject({ reason: 'already-decided', approval: { state: 'approved' } });
  });
});

describe('a refusal', () => {
  test('of what was not requested says that it helps to try again', async () => {
    const { workflowId } = await started('asks', { id: 'refund' });
    const decided = office.approvals.decide(workflowId, 'other', { verdict: 'approve' });
    expect(await failureOf(decided)).toMatchObject({ reason: 'not-requested', retry: true });
    const acknowledged = office.approvals.acknowledge(workflowId, 'other');
    expect(await failureOf(acknowledged)).toMatchObject({ reason: 'not-requested', retry: true });
    const got = office.approvals.get(workflowId, 'other');
    expect(await failureOf(got)).toMatchObject({ reason: 'not-requested', retry: true });
  });

  test('is the same where the workflow has not requested anything so far', async () => {
    const { workflowId } = await started('works');
    const decided = office.approvals.decide(workflowId, 'refund', { verdict: 'approve' });
    expect(await failureOf(decided)).toMatchObject({ reason: 'not-requested', retry: true });
    const acknowledged = office.approvals.acknowledge(workflowId, 'refund');
    expect(await failureOf(acknowledged)).toMatchObject({ reason: 'not-requested', retry: true });
    expect(await failureOf(office.approvals.get(workflowId))).toMatchObject({ reason: 'not-requested', retry: true });
  });

  test('of what comes too soon can be waited out', async () => {
    const handle = await office.start('asksLater', [{ id: 'refund' }]);
    const options = { verdict: 'approve', retryUntilRequested: '30 seconds' } as const;
    const deciding = office.approvals.decide(handle.workflowId, 'refund', options);
    const soon = failureOf(office.approvals.decide(handle.workflowId, 'refund', { verdict: 'approve' }));
    expect(await soon).toMatchObject({ reason: 'not-requested' });
    await handle.signal('go');
    expect(await deciding).toMatchObject({ state: 'approved' });
  });

  test('of what comes after the deadline says that it does not help', async () => {
    const { workflowId } = await started('asksAndStays', { id: 'refund', timeout: 1 });
    await untilState(workflowId, 'timed_out');
    const error = await failureOf(office.approvals.decide(workflowId, 'refund', { verdict: 'approve' }));
    expect(error).toMatchObject({ reason: 'late', retry: false, approval: { state: 'timed_out', approved: false } });
  });

  test('of what the workflow decides by itself says that', async () => {
    const { workflowId } = await office.start('reports', [{ id: 'contract' }]);
    const { open } = await office.approvals.get(workflowId);
    expect(open).toMatchObject([{ id: 'contract', reported: true, subject: 'By hand' }]);
    const error = await failureOf(office.approvals.decide(workflowId, 'contract', { verdict: 'approve' }));
    expect(error).toMatchObject({ reason: 'reported', retry: false, approval: { state: 'submitted' } });
  });

  test('of what was spoilt on its way says that', async () => {
    const { workflowId } = await started('asks', { id: 'refund' });
    const { connection, options } = office.server.client;
    const spoiling = new Client({
      connection,
      namespace: options.namespace,
      interceptors: { workflow: [{ startUpdate: (input, next) => next({ ...input, args: ['approve'] }) }] },
    });
    const deciding = new ApprovalClient(spoiling).decide(workflowId, 'refund', { verdict: 'approve' });
    expect(await failureOf(deciding)).toMatchObject({ reason: 'malformed', retry: false });
    expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ state: 'submitted' });
  });
});

describe('a signal', () => {
  test('for what is not requested yet is kept until it is', async () => {
    const handle = await office.start('asksLater', [{ id: 'refund' }]);
    const options = { verdict: 'reject', actor: 'kim', via: 'signal' } as const;
    // Handled as soon as the workflow has handlers, which it has from its first request on.
    expect(await office.approvals.decide(handle.workflowId, 'refund', options)).toBeUndefined();
    await handle.signal('go');
    expect(await handle.result()).toEqual(['rejected kim']);
  });

  test('acknowledges, too', async () => {
    const { workflowId } = await started('asks', { id: 'refund' });
    const options = { actor: 'kim', via: 'signal' } as const;
    expect(await office.approvals.acknowledge(workflowId, 'refund', options)).toBeUndefined();
    expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ state: 'acknowledged' });
  });
});

describe('a connection', () => {
  test('does instead of a client', async () => {
    const { workflowId } = await started('asks', { id: 'refund' });
    const { connection, options } = office.server.client;
    const approvals = new ApprovalClient({ connection, namespace: options.namespace });
    expect(await approvals.decide(workflowId, 'refund', { verdict: 'approve' })).toMatchObject({ state: 'approved' });
  });
});

test('a workflow that is not there is a WorkflowNotFoundError', async () => {
  for (const call of [
    () => office.approvals.decide('no-such-agent', 'refund', { verdict: 'approve' }),
    () => office.approvals.decide('no-such-agent', 'refund', { verdict: 'approve', via: 'signal' }),
    () => office.approvals.acknowledge('no-such-agent', 'refund'),
    () => office.approvals.get('no-such-agent'),
  ]) {
    const error = await failureOf(call());
    expect(error).toBeInstanceOf(WorkflowNotFoundError);
    expect(String(error)).toContain('"no-such-agent" is not in this namespace');
  }
});

test('a workflow whose tasks fail gives no answer', async () => {
  const workflowId = stumbling;
  const handle = office.server.client.workflow.getHandle(workflowId);
  // From then on the server refuses updates and queries by itself.
  const attempts = async () => (await handle.describe()).raw.pendingWorkflowTask?.attempt;
  await vi.waitFor(async () => expect(await attempts()).toBeGreaterThanOrEqual(3), { timeout: 20_000, interval: 100 });
  const deciding = failureOf(office.approvals.decide(workflowId, 'refund', { verdict: 'approve', timeout: 500 }));
  const viewing = failureOf(office.approvals.get(workflowId, { timeout: 500 }));
  expect(await deciding).toBeInstanceOf(ApprovalUnansweredError);
  expect(await deciding).toMatchObject({ workflowId, approvalId: 'refund', question: 'decide', timeoutMs: 500 });
  expect(await viewing).toMatchObject({ name: 'ApprovalUnansweredError', question: 'view' });
});

async function started(agent: 'asks' | 'asksAndStays' | 'works' | 'stumbles', ...requests: readonly Request[]) {
  const handle = await office.start(agent, requests);
  // A query is answered after the first workflow task, so that the approvals are requested then.
  await handle.query('__stack_trace');
  return { workflowId: handle.workflowId, result: () => handle.result() as Promise<unknown> };
}

async function untilState(workflowId: string, state: string): Promise<void> {
  const reached = async () => expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ state });
  await vi.waitFor(reached, { timeout: 10_000, interval: 50 });
}
