/**
 * How a question about an approval can fail, beside the errors of Temporal's client.
 *
 * @module
 */

import { APPROVAL_REFUSALS, type ApprovalRefusalReason, type ApprovalView } from '../definitions/approvals';

/** Which approval of which run was meant. */
export interface ApprovalTarget {
  readonly workflowId: string;
  /** Absent where all approvals of the run were. */
  readonly approvalId?: string;
}

/**
 * The workflow refused a decision or an acknowledgement, or does not know the approval. Nothing was changed.
 */
export class ApprovalRefusedError extends Error implements ApprovalTarget {
  override readonly name = 'ApprovalRefusedError';
  readonly workflowId: string;
  readonly approvalId?: string;
  /** Whether it can help to ask again later. */
  readonly retry: boolean;
  /** The approval as it is, where there is one. */
  readonly approval?: ApprovalView;

  constructor(
    target: ApprovalTarget,
    readonly reason: ApprovalRefusalReason,
    explanation: string,
    approval?: ApprovalView,
    options?: ErrorOptions,
  ) {
    super(`${described(target)}: ${explanation}`, options);
    this.workflowId = target.workflowId;
    if (target.approvalId !== undefined) this.approvalId = target.approvalId;
    this.retry = APPROVAL_REFUSALS[reason].retry;
    if (approval !== undefined) this.approval = approval;
  }
}

/** What was asked for when no answer came. */
export type ApprovalQuestion = 'decide' | 'acknowledge' | 'view';

/**
 * No answer came in time: no worker took the workflow's task, or the workflow's code fails. A decision or an
 * acknowledgement may still be applied, once a worker runs; asking again is safe, for it counts once.
 */
export class ApprovalUnansweredError extends Error implements ApprovalTarget {
  override readonly name = 'ApprovalUnansweredError';
  readonly workflowId: string;
  readonly approvalId?: string;

  constructor(
    target: ApprovalTarget,
    readonly question: ApprovalQuestion,
    /** How long was waited. */
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(`${described(target)}: no answer within ${timeoutMs} ms. ${CONSEQUENCES[question]}`, options);
    this.workflowId = target.workflowId;
    if (target.approvalId !== undefined) this.approvalId = target.approvalId;
  }
}

const CAUSE = "Check that a worker runs on the workflow's task queue and that its workflow tasks do not fail.";
const MAY_BE_APPLIED =
  'may still be applied once a worker answers, and asking again is safe. A signal, instead of the update, is recorded at once and without a worker.';

const CONSEQUENCES: Readonly<Record<ApprovalQuestion, string>> = {
  view: CAUSE,
  decide: `${CAUSE} The decision ${MAY_BE_APPLIED}`,
  acknowledge: `${CAUSE} The acknowledgement ${MAY_BE_APPLIED}`,
};

/** `Approval "x" of workflow "w"`. */
export function described({ workflowId, approvalId }: ApprovalTarget): string {
  const workflow = `workflow ${JSON.stringify(workflowId)}`;
  return approvalId === undefined
    ? `Approvals of ${workflow}`
    : `Approval ${JSON.stringify(approvalId)} of ${workflow}`;
}
