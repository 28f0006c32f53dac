/**
 * Asks one run for its approvals.
 *
 * @module
 */

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ApprovalsView, ApprovalView } from '../definitions/approvals';
import { APPROVALS_QUERY } from '../definitions/wire';
import { ApprovalRefusedError, type ApprovalTarget, ApprovalUnansweredError } from './approval-errors';
import { type RunTarget, unknownRun } from './missing-run';
import { type Patience, retryUntil } from './retry';
import { isNoHandler, isPassing, isTaskFailing, isTimeout, NO_HANDLER } from './update-failures';

/**
 * @throws ApprovalRefusedError `not-requested` where the run knows no approvals, ApprovalUnansweredError,
 * WorkflowNotFoundError, ServiceError
 */
export async function queryApprovals(
  client: Client,
  { workflowId, runId }: RunTarget,
  { timeoutMs, untilMs }: Patience,
): Promise<ApprovalsView> {
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    return await retryUntil(untilMs, isPassing, () =>
      client.withDeadline(untilMs, () => handle.query<ApprovalsView>(APPROVALS_QUERY)),
    );
  } catch (error) {
    const cause = { cause: error };
    if (isNoHandler(error))
      throw new ApprovalRefusedError({ workflowId }, 'not-requested', NO_HANDLER, undefined, cause);
    if (isTimeout(error, untilMs) || isTaskFailing(error)) {
      throw new ApprovalUnansweredError({ workflowId }, 'view', timeoutMs, cause);
    }
    throw error instanceof WorkflowNotFoundError ? unknownRun({ workflowId, runId }) : error;
  }
}

export function findApproval({ open, ended }: ApprovalsView, id: string): ApprovalView | undefined {
  return open.find((approval) => approval.id === id) ?? ended.find((approval) => approval.id === id);
}

/** @throws ApprovalRefusedError `not-requested` */
export function requireApproval(view: ApprovalsView, target: Required<ApprovalTarget>): ApprovalView {
  const approval = findApproval(view, target.approvalId);
  if (approval !== undefined) return approval;
  const explanation = 'the workflow has not requested it yet, or it ended long ago.';
  throw new ApprovalRefusedError(target, 'not-requested', explanation);
}
