/** The whole exporter on agents that wait for approvals, with workers, without and with workers that were killed. */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import type { ApprovalVerdict, ApprovalView } from '#lib/definitions/approvals';
import { APPROVAL_ACKNOWLEDGE, APPROVAL_DECIDE } from '#lib/definitions/wire';
import { AgentsAtWork } from './support/agents-at-work';

let agents: AgentsAtWork;
beforeAll(async () => {
  agents = await AgentsAtWork.prepare(inject('temporalAddress'), 'exporter-acceptance-approvals');
});
afterEach(() => agents.terminateAll());
afterAll(() => agents?.close());

const ID = 'payment';
const handleOf = (workflowId: string) => agents.client.workflow.getHandle(workflowId);

function acknowledge(workflowId: string): Promise<ApprovalView> {
  return handleOf(workflowId).executeUpdate<ApprovalView, [object]>(APPROVAL_ACKNOWLEDGE, { args: [{ id: ID }] });
}

function decide(workflowId: string, verdict: ApprovalVerdict): Promise<ApprovalView> {
  return handleOf(workflowId).executeUpdate<ApprovalView, [object]>(APPROVAL_DECIDE, { args: [{ id: ID, verdict }] });
}

/** Why a decision is refused. */
async function refusal(workflowId: string, verdict: ApprovalVerdict): Promise<unknown> {
  const error = await decide(workflowId, verdict).catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return (error.cause as { details?: { reason: string }[] }).details?.[0]?.reason;
}

const RUNNING = "ExecutionStatus = 'Running'";
const inState = (state: string) => `${RUNNING} AND AgentApprovalState = '${state}'`;

/** The gauges of open and overdue approvals of a task type. */
function approvals(
  taskType: string,
  [submitted, acknowledged, escalated]: readonly [number, number, number],
  overdue = 0,
): Readonly<Record<string, number>> {
  return {
    [`approvals_open{task_type="${taskType}",state="submitted"}`]: submitted,
    [`approvals_open{task_type="${taskType}",state="acknowledged"}`]: acknowledged,
    [`approvals_open{task_type="${taskType}",state="escalated"}`]: escalated,
    [`approvals_overdue{task_type="${taskType}"}`]: overdue,
  };
}

const oldestDue = (taskType: string) => `approval_oldest_due_timestamp_seconds{task_type="${taskType}"}`;

test('approvals are counted as they are acknowledged, escalated and decided, in time, twice and late', async () => {
  const worker = await agents.startWorker();
  const exporter = agents.exporter();
  const onTimeout = { escalateTo: 'lead', timeout: '2 hours' } as const;
  await agents.start('asks', 'a', 'refund', { id: ID, timeout: '1 hour' });
  await agents.start('asks', 'b', 'refund', { id: ID, timeout: '3 hours' });
  await agents.start('asks', 'c', 'refund', { id: ID, timeout: 1, onTimeout });
  await agents.shown(2, inState('submitted'));
  await agents.shown(1, inState('escalated'));
  expect(await exporter.afterTwoPolls()).toMatchObject({
    ...approvals('refund', [2, 0, 1]),
    [oldestDue('refund')]: await agents.seconds('a', 'AgentApprovalDueAt'),
  });

  await acknowledge('a');
  await acknowledge('a');
  await agents.shown(1, inState('acknowledged'));
  expect(await exporter.afterTwoPolls()).toMatchObject(approvals('refund', [1, 1, 1]));

  // Decided twice, and then otherwise.
  await decide('a', 'approve');
  expect(await decide('a', 'approve')).toMatchObject({ state: 'approved', repeats: 1 });
  expect(await refusal('a', 'reject')).toBe('already-decided');
  await decide('c', 'reject');
  await agents.shown(1, inState('approved'));
  await agents.shown(1, inState('rejected'));
  expect(await exporter.afterTwoPolls()).toMatchObject({
    ...approvals('refund', [1, 0, 0]),
    [oldestDue('refund')]: await agents.seconds('b', 'AgentApprovalDueAt'),
  });

  // Nobody decided in time: late decisions change nothing.
  await agents.start('asks', 'd', 'refund', { id: ID, timeout: 1 });
  await agents.shown(1, inState('timed_out'));
  expect(await refusal('d', 'approve')).toBe('late');
  expect(await exporter.afterTwoPolls()).toMatchObject(approvals('refund', [1, 0, 0]));

  // While no worker runs, a decision waits, and the approval is open still.
  await worker.stop();
  await handleOf('b').signal(APPROVAL_DECIDE, { id: ID, verdict: 'approve' });
  expect(await exporter.afterTwoPolls()).toMatchObject(approvals('refund', [1, 0, 0]));
  await agents.startWorker();
  await agents.shown(2, inState('approved'));
  const decided = await exporter.afterTwoPolls();
  expect(decided).toMatchObject({ 'workflows_running{task_type="refund"}': 4, ...approvals('refund', [0, 0, 0]) });
  expect(decided).not.toHaveProperty([oldestDue('refund')]);
  expect(exporter.errors).toEqual([]);
});

test('killing every worker loses no overdue approval, and the time-outs are applied once one is back', async () => {
  const worker = await agents.startWorkerProcess();
  const exporter = agents.exporter();
  const timeout = 5000;
  await agents.start('asks', 'late-1', 'payout', { id: ID, timeout });
  await agents.start('asks', 'late-2', 'payout', { id: ID, timeout, onTimeout: { escalateTo: 'lead', timeout: '1h' } });
  await agents.start('asks', 'in-time', 'payout', { id: ID, timeout: '1 hour' });
  await agents.shown(3, inState('submitted'));
  await worker.kill();
  expect(await exporter.afterTwoPolls()).toMatchObject(approvals('payout', [3, 0, 0]));

  await agents.shown(2, () => `${RUNNING} AND AgentApprovalDueAt < '${new Date().toISOString()}'`);
  const overdue = await exporter.afterTwoPolls();
  expect(overdue).toMatchObject({
    ...approvals('payout', [3, 0, 0], 2),
    [oldestDue('payout')]: await agents.seconds('late-1', 'AgentApprovalDueAt'),
  });
  await exporter.exporter.stop();
  const restarted = agents.exporter();
  expect(await restarted.afterTwoPolls()).toEqual(overdue);

  await agents.startWorker();
  await agents.shown(1, inState('timed_out'));
  await agents.shown(1, inState('escalated'));
  expect(await restarted.afterTwoPolls()).toMatchObject({
    ...approvals('payout', [1, 0, 1]),
    [oldestDue('payout')]: await agents.seconds('in-time', 'AgentApprovalDueAt'),
  });
  await agents.end('late-1');
  expect(await handleOf('late-1').result()).toBe('timed_out');
});
