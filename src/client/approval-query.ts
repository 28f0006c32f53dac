/**
 * Asks one run for its approvals.
 *
 * @module
 */

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ApprovalsView, ApprovalView } from '../definitions/approvals';
import { APPROVALS_QUERY } from '../definitions/wire';
import { ApprovalRefusedError, type ApprovalTarget, ApprovalUnansweredError } from './approval-errors';
import { retryUntil } from './retry';
import { isNoHandler, isPassing, isTaskFailing, isTimeout, NO_HANDLER } from './update-failures';

export interface RunTarget {
  readonly workflowId: string;
  readonly runId: string | undefined;
}

/**
 * @throws ApprovalRefusedError `not-requested` where the run knows no approvals, ApprovalUnansweredError,
 * WorkflowNotFoundError, ServiceError
 */
export async function queryApprovals(
  client: Client,
  { workflowId, runId }: RunTarget,
  timeoutMs: number,
): Promise<ApprovalsView> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const deadline = Date.now() + timeoutMs;
  try {
    return await retryUntil(deadline, isPassing, () =>
      client.withDeadline(deadline, () => handle.query<ApprovalsView>(APPROVALS_QUERY)),
    );
  } catch (error) {
    const cause = { cause: error };
    if (isNoHandler(error)) throw new ApprovalRefusedError({ workflowId }, 'not-requested', NO_HANDLER, undefined, cause);
    if (isTimeout(error) || isTaskFailing(error)) {
      throw new ApprovalUnansweredError({ workflowId }, 'view', timeoutMs, cause);
    }
    throw error instanceof WorkflowNotFoundError ? unknownRun(workflowId, runId) : error;
  }
}

export function findApproval({ open, ended }: ApprovalsView, id: string): ApprovalView | undefined {
  return open.find((approval) => approval.id === id) ?? ended.find((approval) => approval.id === id);
}

/** @throws ApprovalRefusedError `not-requested` */
export function requireApproval(view: ApprovalsView, { workflowId, approvalId }: Required<ApprovalTarget>): ApprovalView {
  const approval = findApproval(view, approvalId);
  if (approval !== undefined) return approval;
  const explanation = 'the workflow has not requested it yet, or it ended long ago.';
  throw new ApprovalRefusedError({ workflowId, approvalId }, 'not-requested', explanation);
}

function unknownRun(workflowId: string, runId: string | undefined): WorkflowNotFoundError {
  const run = runId === undefined ? '' : ` with run id ${JSON.stringify(runId)}`;
  const message = `There is no workflow ${JSON.stringify(workflowId)}${run} in this namespace; a closed one is deleted when its retention ends.`;
  return new WorkflowNotFoundError(message, workflowId, runId);
}
