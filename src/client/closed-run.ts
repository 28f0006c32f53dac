/**
 * Decisions that come when the run is closed. The server says no more than that; what became of the approval the run
 * itself still knows, and often it closed because of the very decision that is now repeated or contradicted.
 *
 * @module
 */

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import {
  type AcknowledgeApproval,
  APPROVAL_VERDICTS,
  type ApprovalView,
  type DecideApproval,
} from '../definitions/approvals';
import { ApprovalRefusedError } from './approval-errors';
import type { CheckedRemark } from './approval-options';
import { findApproval, queryApprovals } from './approval-query';
import { decisionId } from './decision-id';
import { closedRun } from './missing-run';
import { type Patience, patienceOf } from './retry';

/** Longest that the run is asked, in milliseconds: it may have no worker any more. */
const ASK_MS = 5_000;

type Remark = CheckedRemark<AcknowledgeApproval & Partial<Pick<DecideApproval, 'verdict'>>>;

/**
 * The approval, if it ended as it is decided now.
 *
 * @throws ApprovalRefusedError where it ended otherwise, WorkflowNotFoundError where that cannot be found out
 */
export async function answerOfClosedRun(client: Client, remark: Remark, patience: Patience): Promise<ApprovalView> {
  const approval = (await decided(client, remark, patience)) ?? (await lastView(client, remark, patience));
  if (approval === undefined) throw closedRun(remark);
  const refuse = (reason: 'already-decided' | 'late' | 'reported', explanation: string) =>
    new ApprovalRefusedError(remark, reason, explanation, approval);
  if (approval.reported === true) throw refuse('reported', 'the workflow decided it by handlers of its own.');
  if (approval.state !== 'approved' && approval.state !== 'rejected') {
    throw refuse('late', `the run is closed, and nobody decided it; it was ${approval.state}.`);
  }
  if (remark.request.verdict === (approval.state === 'approved' ? 'approve' : 'reject')) return approval;
  throw refuse('already-decided', `the run is closed, and it was ${approval.state}.`);
}

/** What the server still has of a decision that was made by {@link ApprovalClient}, for which it needs no worker. */
async function decided(client: Client, remark: Remark, { untilMs }: Patience): Promise<ApprovalView | undefined> {
  const { workflowId, runId, approvalId, request } = remark;
  const handle = client.workflow.getHandle(workflowId, runId);
  // The same one would have been the answer already.
  for (const verdict of APPROVAL_VERDICTS.filter((other) => other !== request.verdict)) {
    const update = handle.getUpdateHandle<ApprovalView>(decisionId(approvalId, verdict));
    try {
      return await client.withDeadline(untilMs, () => update.result());
    } catch {
      // There was none, or it was refused.
    }
  }
  return undefined;
}

/** What the run says, for which it needs a worker. */
async function lastView(client: Client, remark: Remark, { untilMs }: Patience): Promise<ApprovalView | undefined> {
  const patience = patienceOf(Math.max(1, Math.min(ASK_MS, untilMs - Date.now())));
  try {
    return findApproval(await queryApprovals(client, remark, patience), remark.approvalId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw error;
    return undefined;
  }
}
