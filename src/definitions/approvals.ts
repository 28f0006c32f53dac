/**
 * Approvals as they look from outside of the workflow: states, the answers of the query `agentApprovals`, what the
 * updates and signals take, and why a decision is refused. A wire contract with runs that are open and with clients of
 * other versions: fields are added, never changed.
 *
 * @module
 */

/** States of an approval that is open. */
export const APPROVAL_OPEN_STATES = ['submitted', 'acknowledged', 'escalated'] as const;

/** States of an approval that came to its end; `cancelled` where the workflow gave up asking. */
export const APPROVAL_ENDED_STATES = ['approved', 'rejected', 'timed_out', 'cancelled'] as const;

export type ApprovalOpenState = (typeof APPROVAL_OPEN_STATES)[number];
export type ApprovalEndedState = (typeof APPROVAL_ENDED_STATES)[number];
export type ApprovalState = ApprovalOpenState | ApprovalEndedState;

export const APPROVAL_VERDICTS = ['approve', 'reject'] as const;
export type ApprovalVerdict = (typeof APPROVAL_VERDICTS)[number];

/** Longest id of an approval and longest name of a person, in characters. */
export const APPROVAL_ID_MAX_CHARS = 200;

/** Longest subject and longest note, in characters. */
export const APPROVAL_NOTE_MAX_CHARS = 1000;

/** One change of an approval, the request included. */
export interface ApprovalChange {
  readonly state: ApprovalState;
  /** ISO 8601. */
  readonly at: string;
  /** Who changed it; absent where time did. For an escalation: to whom. */
  readonly actor?: string;
  /** Kept in the run where it was given; it does not travel across continue-as-new. */
  readonly note?: string;
}

/** An approval as the query answers. */
export interface ApprovalView {
  readonly id: string;
  /** What is to be approved, in the words of the workflow. */
  readonly subject?: string;
  readonly state: ApprovalState;
  /** ISO 8601. */
  readonly requestedAt: string;
  /** When it is due, ISO 8601; absent where it has ended or was reported without a due time. */
  readonly dueAt?: string;
  /** Who it was escalated to, if it was. */
  readonly escalatedTo?: string;
  /** Whether the agent may go on; absent while it is open. After a time-out, what the workflow does without a decision. */
  readonly approved?: boolean;
  /** Decisions that repeated the one that was taken. */
  readonly repeats: number;
  /** Decisions by signal that came too late or said the opposite; by update such are refused before they are recorded. */
  readonly refused: number;
  /** True for a hand-made approval that the workflow reports; it takes no decisions from here. */
  readonly reported?: boolean;
  /** Oldest first; the ones in the middle are left out where there are many. */
  readonly changes: readonly ApprovalChange[];
}

/** Answer of the query `agentApprovals`. */
export interface ApprovalsView {
  /** The most urgent first. */
  readonly open: readonly ApprovalView[];
  /** The latest first; the older ones are left out where there are many. */
  readonly ended: readonly ApprovalView[];
}

/** What the update and the signal `agentApprovalDecide` take. */
export interface DecideApproval {
  readonly id: string;
  readonly verdict: ApprovalVerdict;
  readonly actor?: string;
  readonly note?: string;
}

/** What the update and the signal `agentApprovalAcknowledge` take. */
export interface AcknowledgeApproval {
  readonly id: string;
  readonly actor?: string;
  readonly note?: string;
}

/** Why a decision or acknowledgement is refused; whether it helps to try again. */
export const APPROVAL_REFUSALS = {
  /** The opposite was decided. */
  'already-decided': { retry: false },
  /** Its time was up, or the workflow gave up asking. */
  late: { retry: false },
  /** The workflow has not asked for it; it may still. */
  'not-requested': { retry: true },
  /** It is decided by a handler of the workflow's own. */
  reported: { retry: false },
  /** The request itself is none. */
  malformed: { retry: false },
} as const satisfies Readonly<Record<string, { readonly retry: boolean }>>;

export type ApprovalRefusalReason = keyof typeof APPROVAL_REFUSALS;

/** First detail of the failure {@link APPROVAL_REFUSED}. */
export interface ApprovalRefusal {
  readonly reason: ApprovalRefusalReason;
  readonly retry: boolean;
  /** The approval as it is, where there is one. */
  readonly approval?: ApprovalView;
}
