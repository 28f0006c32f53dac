/**
 * Decisions and acknowledgements: which of them are the same, to this process and to the server.
 *
 * @module
 */

import type { AsyncLocalStorage } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import {
  type AcknowledgeApproval,
  APPROVAL_ENDED_STATES,
  type ApprovalEndedState,
  type ApprovalView,
  type DecideApproval,
} from '../definitions/approvals';
import { APPROVAL_ACKNOWLEDGE, APPROVAL_DECIDE } from '../definitions/wire';
import { ApprovalRefusedError, ApprovalUnansweredError } from './approval-errors';
import type { CheckedRemark } from './approval-options';
import { queryApprovals, requireApproval } from './approval-query';
import { signalApproval, updateApproval } from './approval-update';
import { decisionId } from './decision-id';
import { type Patience, patienceOf, retryUntil } from './retry';
import { type Answer, SharedCalls } from './shared-calls';

type Question = 'decide' | 'acknowledge';
type Remark = CheckedRemark<AcknowledgeApproval>;

export class ApprovalRequests {
  private readonly shared = new SharedCalls<ApprovalView>();

  constructor(private readonly client: Client) {}

  async decide(remark: CheckedRemark<DecideApproval>): Promise<ApprovalView | undefined> {
    if (remark.via === 'signal') return signalApproval(this.client, APPROVAL_DECIDE, remark);
    const { id, verdict } = remark.request;
    // An approval is decided once, so that whoever says the same asks for the same, whoever it is.
    const update = { name: APPROVAL_DECIDE, question: 'decide', id: decisionId(id, verdict) } as const;
    return this.ask('decide', remark, verdict, (patience) => updateApproval(this.client, remark, update, patience));
  }

  async acknowledge(remark: Remark): Promise<ApprovalView | undefined> {
    if (remark.via === 'signal') return signalApproval(this.client, APPROVAL_ACKNOWLEDGE, remark);
    return this.ask('acknowledge', remark, remark.request, async (patience) => {
      const before = requireApproval(await queryApprovals(this.client, remark, patience), remark);
      const id = acknowledgementId(remark.request, before);
      const update = { name: APPROVAL_ACKNOWLEDGE, question: 'acknowledge', id } as const;
      return updateApproval(this.client, remark, update, patience);
    });
  }

  /** Together with those in this process who ask the same; again, where the workflow may still request it. */
  private ask(
    question: Question,
    remark: Remark,
    what: unknown,
    ask: (patience: Patience) => Promise<ApprovalView>,
  ): Promise<ApprovalView> {
    const { workflowId, runId, approvalId, timeoutMs, untilRequestedMs } = remark;
    const key = JSON.stringify([question, workflowId, runId, approvalId, what]);
    return retryUntil(Date.now() + untilRequestedMs, isNotRequested, () => {
      const patience = patienceOf(timeoutMs);
      if (hasCallContext(this.client)) return ask(patience);
      return this.shared.call({
        key,
        untilMs: patience.untilMs,
        ask: () => ask(patience),
        isFinal,
        isTimeout: (error) => error instanceof ApprovalUnansweredError,
        timeout: () => new ApprovalUnansweredError(remark, question, timeoutMs),
      });
    });
  }
}

/** Metadata, an abort signal or a deadline of this one call, by `withMetadata` and the like: it may be somebody else's. */
function hasCallContext({ connection }: Client): boolean {
  const { callContextStorage } = connection as { callContextStorage?: AsyncLocalStorage<unknown> };
  return callContextStorage?.getStore() !== undefined;
}

/**
 * The same acknowledgement of the same state is the same update. After any change it is another one, for the server would
 * answer it as it did before the change.
 */
function acknowledgementId({ id, actor, note }: AcknowledgeApproval, { changes }: ApprovalView): string {
  const about = JSON.stringify([actor, note, changes.at(-1)]);
  return `${id}/acknowledge/${createHash('sha256').update(about).digest('hex').slice(0, 32)}`;
}

/** What has ended stays as it is. */
function isFinal(answer: Answer<ApprovalView>): boolean {
  if ('error' in answer) return answer.error instanceof ApprovalRefusedError && !answer.error.retry;
  return APPROVAL_ENDED_STATES.includes(answer.value.state as ApprovalEndedState);
}

function isNotRequested(error: unknown): boolean {
  return error instanceof ApprovalRefusedError && error.reason === 'not-requested';
}
