/**
 * Sends decisions and acknowledgements to a workflow.
 *
 * @module
 */

import { createHash } from 'node:crypto';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { AcknowledgeApproval, ApprovalView } from '../definitions/approvals';
import { ApprovalRefusedError, type ApprovalQuestion, ApprovalUnansweredError } from './approval-errors';
import type { CheckedRemark } from './approval-options';
import { isPassing, isTaskFailing, isTimeout, readRefusal } from './update-failures';
import { retryUntil } from './retry';

/** Longest update id that the server takes (`limit.maxIDLength`). */
const MAX_UPDATE_ID_CHARS = 1000;

export interface ApprovalUpdate {
  readonly name: string;
  readonly question: Exclude<ApprovalQuestion, 'view'>;
  /** Equal ones are one to the server, which answers them together. */
  readonly id: string;
}

/**
 * The update's answer.
 *
 * @throws ApprovalRefusedError, ApprovalUnansweredError, WorkflowNotFoundError where the run is closed or there is none,
 * ServiceError
 */
export async function updateApproval(
  client: Client,
  { workflowId, runId, request, timeoutMs }: CheckedRemark<AcknowledgeApproval>,
  { name, question, id }: ApprovalUpdate,
): Promise<ApprovalView> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const deadline = Date.now() + timeoutMs;
  const options = { updateId: updateId(id), args: [request] as [AcknowledgeApproval] };
  try {
    return await retryUntil(deadline, isPassing, () =>
      client.withDeadline(deadline, () => handle.executeUpdate<ApprovalView, [AcknowledgeApproval]>(name, options)),
    );
  } catch (error) {
    const target = { workflowId, approvalId: request.id };
    const refusal = readRefusal(error);
    const cause = { cause: error };
    if (refusal !== undefined) {
      throw new ApprovalRefusedError(target, refusal.reason, refusal.message, refusal.approval, cause);
    }
    if (isTimeout(error) || isTaskFailing(error)) {
      throw new ApprovalUnansweredError(target, question, timeoutMs, cause);
    }
    throw error;
  }
}

/** A long id keeps its beginning and ends in a hash. */
function updateId(id: string): string {
  if (id.length <= MAX_UPDATE_ID_CHARS / 4) return id;
  const hash = createHash('sha256').update(id).digest('hex');
  return `${id.slice(0, MAX_UPDATE_ID_CHARS / 4 - hash.length - 1)}~${hash}`;
}
