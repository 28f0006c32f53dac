/**
 * Sends decisions and acknowledgements to a workflow.
 *
 * @module
 */

import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { AcknowledgeApproval, ApprovalView } from '../definitions/approvals';
import { type ApprovalQuestion, ApprovalRefusedError, ApprovalUnansweredError } from './approval-errors';
import type { CheckedRemark } from './approval-options';
import { answerOfClosedRun } from './closed-run';
import { closedRun, isClosedRun, unknownRun } from './missing-run';
import { type Patience, patienceOf, retryUntil } from './retry';
import { isPassing, isTaskFailing, isTimeout, readRefusal } from './update-failures';

type Remark = CheckedRemark<AcknowledgeApproval>;

export interface ApprovalUpdate {
  readonly name: string;
  readonly question: Exclude<ApprovalQuestion, 'view'>;
  /** Equal ones are one to the server, which answers them together. */
  readonly id: string;
}

/**
 * The update's answer.
 *
 * @throws ApprovalRefusedError, ApprovalUnansweredError, WorkflowNotFoundError, ServiceError
 */
export async function updateApproval(
  client: Client,
  remark: Remark,
  { name, question, id }: ApprovalUpdate,
  patience: Patience,
): Promise<ApprovalView> {
  const { workflowId, runId, request } = remark;
  const handle = client.workflow.getHandle(workflowId, runId);
  const options = { updateId: id, args: [request] as [AcknowledgeApproval] };
  const { untilMs } = patience;
  try {
    return await retryUntil(untilMs, isPassing, () =>
      client.withDeadline(untilMs, () => handle.executeUpdate<ApprovalView, [AcknowledgeApproval]>(name, options)),
    );
  } catch (error) {
    const cause = { cause: error };
    const refusal = readRefusal(error);
    if (refusal !== undefined) {
      throw new ApprovalRefusedError(remark, refusal.reason, refusal.message, refusal.approval, cause);
    }
    if (isTimeout(error, untilMs) || isTaskFailing(error)) {
      throw new ApprovalUnansweredError(remark, question, patience.timeoutMs, cause);
    }
    if (isClosedRun(error)) return answerOfClosedRun(client, remark, patience);
    throw error instanceof WorkflowNotFoundError ? unknownRun(remark) : error;
  }
}

/** Returns as soon as the server has recorded it. */
export async function signalApproval(client: Client, name: string, remark: Remark): Promise<undefined> {
  const { workflowId, runId, request, timeoutMs } = remark;
  const { untilMs } = patienceOf(timeoutMs);
  const handle = client.workflow.getHandle(workflowId, runId);
  try {
    await retryUntil(untilMs, isPassing, () => client.withDeadline(untilMs, () => handle.signal(name, request)));
  } catch (error) {
    if (isClosedRun(error)) throw closedRun(remark);
    throw error instanceof WorkflowNotFoundError ? unknownRun(remark) : error;
  }
}
