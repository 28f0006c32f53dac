import { WorkflowNotFoundError } from '@temporalio/client';
import { ApprovalRefusedError, ApprovalUnansweredError } from 'temporal-agent-observability/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { failureOf, Office } from './office';

const APPROVE = { verdict: 'approve', actor: 'kim' } as const;

let office: Office;

beforeAll(async () => {
  office = await Office.open(inject('temporalAddress'), 'approvals-closed');
});

afterAll(() => office.close());

test('a run that closed by the decision answers for it with no worker left', async () => {
  const handle = await office.start('asks', [{ id: 'refund' }]);
  const { workflowId } = handle;
  await office.approvals.get(workflowId);
  const decided = await office.approvals.decide(workflowId, 'refund', APPROVE);
  await handle.result();
  await office.stopWorker();
  try {
    expect(await office.approvals.decide(workflowId, 'refund', APPROVE)).toEqual(decided);
    const error = await failureOf(office.approvals.decide(workflowId, 'refund', { verdict: 'reject' }));
    expect(error).toBeInstanceOf(ApprovalRefusedError);
    expect(error).toMatchObject({ reason: 'already-decided', retry: false, approval: decided });
  } finally {
    await office.startWorker();
  }
});

test('a run that closed by a signal is asked what became of the approval', async () => {
  const handle = await office.start('asks', [{ id: 'refund' }]);
  const { workflowId } = handle;
  await office.approvals.decide(workflowId, 'refund', { ...APPROVE, via: 'signal' });
  await handle.result();
  expect(await office.approvals.decide(workflowId, 'refund', APPROVE)).toMatchObject({ state: 'approved' });
  const contrary = office.approvals.decide(workflowId, 'refund', { verdict: 'reject' });
  expect(await failureOf(contrary)).toMatchObject({ reason: 'already-decided', approval: { state: 'approved' } });
  const acknowledged = office.approvals.acknowledge(workflowId, 'refund');
  expect(await failureOf(acknowledged)).toMatchObject({ reason: 'already-decided' });
});

test('a run that closed before anybody decided refuses as late', async () => {
  const handle = await office.start('asks', [{ id: 'refund' }]);
  const { workflowId } = handle;
  await office.approvals.get(workflowId);
  await handle.terminate();
  const error = await failureOf(office.approvals.decide(workflowId, 'refund', APPROVE));
  expect(error).toMatchObject({ reason: 'late', retry: false, approval: { state: 'submitted' } });
  expect(await office.approvals.get(workflowId, 'refund')).toMatchObject({ state: 'submitted' });
});

test('a closed run that knows no such approval, and a signal to any, are a WorkflowNotFoundError', async () => {
  const handle = await office.start('asks', []);
  await handle.result();
  for (const options of [APPROVE, { ...APPROVE, via: 'signal' } as const]) {
    const error = await failureOf(office.approvals.decide(handle.workflowId, 'refund', options));
    expect(error).toBeInstanceOf(WorkflowNotFoundError);
    expect(String(error)).toContain('is closed');
  }
});

test('without a worker there is no answer, and the decision counts once there is one', async () => {
  const handle = await office.start('asks', [{ id: 'refund' }]);
  const { workflowId } = handle;
  await office.approvals.get(workflowId);
  await office.stopWorker();
  try {
    const error = await failureOf(office.approvals.decide(workflowId, 'refund', { ...APPROVE, timeout: 1000 }));
    expect(error).toBeInstanceOf(ApprovalUnansweredError);
    expect(error).toMatchObject({ workflowId, approvalId: 'refund', question: 'decide', timeoutMs: 1000 });
    expect(String(error)).toContain('may still be applied');
    const viewing = failureOf(office.approvals.get(workflowId, { timeout: 1000 }));
    const acknowledging = failureOf(office.approvals.acknowledge(workflowId, 'refund', { timeout: 1000 }));
    expect(await viewing).toMatchObject({ name: 'ApprovalUnansweredError', question: 'view' });
    expect(await acknowledging).toMatchObject({ name: 'ApprovalUnansweredError' });
    // Recorded at once.
    await office.approvals.decide(workflowId, 'refund', { ...APPROVE, via: 'signal' });
  } finally {
    await office.startWorker();
  }
  expect(await handle.result()).toEqual(['approved kim']);
});

test('a decision that is waited for is answered when a worker comes', async () => {
  await office.stopWorker();
  const handle = await office.start('asks', [{ id: 'refund' }]);
  const deciding = office.approvals.decide(handle.workflowId, 'refund', { ...APPROVE, retryUntilRequested: 20_000 });
  await office.startWorker();
  expect(await deciding).toMatchObject({ state: 'approved' });
});
