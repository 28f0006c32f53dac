import { ApplicationFailure } from '@temporalio/common';
import { APPROVAL_REFUSALS, type ApprovalRefusal, type ApprovalRefusalReason } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import { APPROVAL_REFUSED } from '../../definitions/wire';
import type { Approval } from './approval';

/** The failure of a decision or acknowledgement that is refused. */
export function refused(reason: ApprovalRefusalReason, approval?: Approval): ApplicationFailure {
  const { retry } = APPROVAL_REFUSALS[reason];
  const refusal: ApprovalRefusal = defined({ reason, retry, approval: approval?.view() });
  return ApplicationFailure.create({
    type: APPROVAL_REFUSED,
    message: REASONS[reason](approval),
    nonRetryable: !retry,
    details: [refusal],
  });
}

const REASONS: Readonly<Record<ApprovalRefusalReason, (approval: Approval | undefined) => string>> = {
  'already-decided': (approval) => `Decided already: ${approval?.state}. It cannot be decided again.`,
  late: (approval) =>
    approval?.state === 'cancelled'
      ? 'Too late: the workflow no longer asks for it.'
      : 'Too late: its time was up before a decision came.',
  'not-requested': () => 'Not requested yet by this run, or unknown. Try again once the workflow asks for it.',
  reported: () => 'The workflow decides it by handlers of its own; use those.',
  malformed: () => "Expected { id: string, verdict: 'approve' | 'reject', actor?: string, note?: string }.",
};

/** Why what has ended takes no other decision. */
export function whyEnded({ state }: Approval): ApprovalRefusalReason {
  return state === 'timed_out' || state === 'cancelled' ? 'late' : 'already-decided';
}
