/**
 * How approvals are seen and decided from outside. Part of the frozen rule `approvals-v1`: which handlers there are, and
 * that an accepted change is followed by one write of attributes. All of them end where they begin, without an await, so
 * that none is unfinished when the workflow returns.
 *
 * @module
 */

import { ApplicationFailure } from '@temporalio/common';
import { defineQuery, defineSignal, defineUpdate, log, setHandler } from '@temporalio/workflow';
import {
  type AcknowledgeApproval,
  APPROVAL_VERDICTS,
  type ApprovalsView,
  type ApprovalView,
  type DecideApproval,
} from '../../definitions/approvals';
import { APPROVAL_ACKNOWLEDGE, APPROVAL_DECIDE, APPROVALS_QUERY } from '../../definitions/wire';
import { currentRun } from '../current-run';
import { reportInternalError } from '../observe';
import type { ApprovalBook } from './approval-book';
import { acknowledge, checkAcknowledgement, checkDecision, decide, decideBySignal } from './deciding';
import { refused } from './refusals';
import { shortened, usableRemark } from './remark';

export function registerApprovalHandlers(book: ApprovalBook): void {
  setHandler(defineQuery<ApprovalsView>(APPROVALS_QUERY), () => book.view(), {
    description: 'Approvals that the agent waits for, and how earlier ones ended.',
  });

  setHandler(
    defineUpdate<ApprovalView, [DecideApproval]>(APPROVAL_DECIDE),
    (input) => {
      const { view, changed } = decide(book, usable(input), Date.now());
      if (changed) writeAttributes();
      return view;
    },
    {
      validator: (input) => checkDecision(book, usable(input), Date.now()),
      description: 'Approves or rejects what the agent waits for.',
    },
  );

  setHandler(
    defineUpdate<ApprovalView | undefined, [AcknowledgeApproval]>(APPROVAL_ACKNOWLEDGE),
    (input) => {
      const acknowledgement = usableAcknowledgement(input);
      if (acknowledge(book, acknowledgement, Date.now())) writeAttributes();
      return book.find(acknowledgement.id)?.view();
    },
    {
      validator: (input) => checkAcknowledgement(book, usableAcknowledgement(input)),
      description: 'Says that somebody has seen the approval and takes care of it.',
    },
  );

  setHandler(
    defineSignal<[DecideApproval]>(APPROVAL_DECIDE),
    (input) => fromSignal(APPROVAL_DECIDE, () => decideBySignal(book, usable(input), Date.now())),
    { description: 'As the update, for senders that cannot wait for the answer.' },
  );

  setHandler(
    defineSignal<[AcknowledgeApproval]>(APPROVAL_ACKNOWLEDGE),
    (input) => fromSignal(APPROVAL_ACKNOWLEDGE, () => acknowledge(book, usableAcknowledgement(input), Date.now())),
    { description: 'As the update, for senders that cannot wait for the answer.' },
  );
}

function writeAttributes(): void {
  currentRun()?.approvalChanged();
}

/** A signal that cannot be used must not fail the workflow task. */
function fromSignal(signal: string, change: () => boolean): void {
  let changed = false;
  try {
    changed = change();
  } catch (error) {
    // A fault of the sender's, who cannot be told.
    if (error instanceof ApplicationFailure) log.warn('A signal for an approval was ignored', { signal });
    else if (currentRun() !== undefined) reportInternalError(error);
  }
  if (changed) writeAttributes();
}

function usable(input: unknown): DecideApproval {
  const { verdict } = Object(input) as Partial<DecideApproval>;
  if (verdict === undefined || !APPROVAL_VERDICTS.includes(verdict)) throw refused('malformed');
  return { ...usableAcknowledgement(input), verdict };
}

function usableAcknowledgement(input: unknown): AcknowledgeApproval {
  const { id } = Object(input) as Partial<AcknowledgeApproval>;
  if (typeof id !== 'string' || id === '') throw refused('malformed');
  return { id: shortened(id), ...usableRemark(input) };
}
