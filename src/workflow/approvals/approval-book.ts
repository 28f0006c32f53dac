/**
 * The approvals of one run. Part of the frozen rule `approvals-v1` (see `request-approval.ts`): what is accepted, and what
 * changes by it, decides where attributes are written.
 *
 * @module
 */

import {
  type AcknowledgeApproval,
  APPROVAL_OPEN_STATES,
  type ApprovalEndedState,
  type ApprovalOpenState,
  type ApprovalState,
  type ApprovalsView,
  type ApprovalView,
  type DecideApproval,
} from '../../definitions/approvals';
import { currentRun } from '../current-run';
import { Approval, type Remark } from './approval';
import { type CarriedBook, carryBook, type EarlyDecision } from './carried-book';
import { refused, whyEnded } from './refusals';

/** Decisions kept for approvals that were not requested yet. */
const MAX_EARLY = 100;
/** Approvals remembered after their end. */
const MAX_ENDED = 100;
/** Open at the same time in one run, of those requested and those reported alike. */
export const MAX_OPEN = 100;

/** A state of a hand-made approval. */
export interface ReportedApproval extends Remark {
  readonly id: string;
  readonly state: ApprovalState;
  readonly subject?: string | undefined;
  readonly dueAtMs?: number | undefined;
}

/** What search attributes say of a run's approvals. */
export interface ApprovalAttributes {
  readonly state: ApprovalState | undefined;
  readonly dueAtMs: number | undefined;
}

export class ApprovalBook {
  /** The run has the handlers. */
  served = false;
  private readonly approvals = new Map<string, Approval>();
  private readonly early = new Map<string, EarlyDecision>();

  constructor(carried: CarriedBook = { approvals: [], early: [] }) {
    for (const approval of carried.approvals) this.approvals.set(approval.id, Approval.carriedOn(approval));
    for (const decision of carried.early) this.early.set(decision.id, decision);
  }

  /** Whether no further one can be opened. */
  full(reported: boolean): boolean {
    return this.open().filter((approval) => approval.reported === reported).length >= MAX_OPEN;
  }

  find(id: string): Approval | undefined {
    return this.approvals.get(id);
  }

  /** A new approval; a decision that came before it is taken at once. */
  submit(id: string, nowMs: number): Approval {
    const approval = new Approval(id, nowMs);
    // An id that is used again takes the place of the one that ended.
    this.approvals.delete(id);
    this.approvals.set(id, approval);
    approval.change('submitted', nowMs);
    this.forgetOldest();
    return approval;
  }

  /** Takes the decision that came before its approval, if one did. */
  takeEarly(approval: Approval, nowMs: number): void {
    const early = this.early.get(approval.id);
    if (early === undefined) return;
    this.early.delete(approval.id);
    this.conclude(approval, early.verdict, nowMs, early);
  }

  /** @throws ApplicationFailure of type `ApprovalRefused`; changes nothing */
  checkDecision(decision: DecideApproval, nowMs: number): void {
    const approval = this.decidable(decision.id);
    if (approval.open) {
      if (overdueForGood(approval, nowMs)) throw refused('late', approval);
    } else if (!concludedBy(approval, decision.verdict)) throw refused(whyEnded(approval), approval);
  }

  /**
   * A decision by update, which was checked.
   *
   * @returns whether it changed anything
   * @throws ApplicationFailure of type `ApprovalRefused`, where another one was taken since it was checked
   */
  decide(decision: DecideApproval, nowMs: number): { readonly view: ApprovalView; readonly changed: boolean } {
    const approval = this.decidable(decision.id);
    if (approval.open) {
      this.conclude(approval, decision.verdict, nowMs, decision);
      return { view: approval.view(), changed: true };
    }
    if (!concludedBy(approval, decision.verdict)) throw refused(whyEnded(approval), approval);
    approval.repeats++;
    return { view: approval.view(), changed: false };
  }

  /**
   * A decision by signal. It cannot be refused, and its sender was told that it was taken, so it counts as long as the
   * time-out has not been applied; too late or contrary it is counted and nothing else.
   *
   * @returns whether it changed anything
   */
  decideBySignal(decision: DecideApproval, nowMs: number): boolean {
    const approval = this.approvals.get(decision.id);
    if (approval === undefined) {
      const { id, verdict, actor, note } = decision;
      if (this.early.size < MAX_EARLY && !this.early.has(id)) this.early.set(id, { id, verdict, actor, note });
      return false;
    }
    if (approval.open && !approval.reported) {
      this.conclude(approval, decision.verdict, nowMs, decision);
      return true;
    }
    if (concludedBy(approval, decision.verdict)) approval.repeats++;
    else approval.refused++;
    return false;
  }

  /** @throws ApplicationFailure of type `ApprovalRefused`; changes nothing */
  checkAcknowledgement({ id }: AcknowledgeApproval): void {
    const approval = this.decidable(id);
    if (!approval.open) throw refused(whyEnded(approval), approval);
  }

  /** Of an approval that is open: the first acknowledgement of each stage counts. Returns whether it changed anything. */
  acknowledge({ id, actor, note }: AcknowledgeApproval, nowMs: number): boolean {
    const approval = this.approvals.get(id);
    if (approval === undefined || approval.reported || !approval.open || approval.state === 'acknowledged')
      return false;
    approval.change('acknowledged', nowMs, { actor, note });
    return true;
  }

  escalate(approval: Approval, to: string, nowMs: number, dueAtMs: number): void {
    approval.escalatedTo = to;
    approval.dueAtMs = dueAtMs;
    approval.change('escalated', nowMs, { actor: to });
  }

  timeOut(approval: Approval, approved: boolean | undefined, nowMs: number): void {
    this.end(approval, 'timed_out', approved, nowMs);
  }

  cancel(approval: Approval, nowMs: number): void {
    this.end(approval, 'cancelled', undefined, nowMs);
  }

  /** A hand-made approval as the workflow reports it, in whatever order. */
  report({ id, state, subject, dueAtMs, ...remark }: ReportedApproval, nowMs: number): void {
    const known = this.approvals.get(id);
    // What was requested has states of its own.
    if (known !== undefined && !known.reported) return;
    const wasOpen = known?.open ?? false;
    const opens = APPROVAL_OPEN_STATES.includes(state as ApprovalOpenState);
    // How it ended is said again.
    if (!opens && known?.state === state) return;
    if (opens && !wasOpen && this.full(true)) return;
    const approval = known !== undefined && wasOpen ? known : new Approval(id, nowMs);
    approval.reported = true;
    approval.subject = subject ?? approval.subject;
    approval.dueAtMs = dueAtMs ?? approval.dueAtMs;
    if (state === 'escalated') approval.escalatedTo = remark.actor;
    if (!wasOpen) currentRun()?.approvalRequested();
    if (opens) {
      approval.change(state, nowMs, remark);
      this.approvals.set(id, approval);
    } else {
      const approved = state === 'approved' ? true : state === 'rejected' ? false : undefined;
      this.end(approval, state as ApprovalEndedState, approved, nowMs, remark);
    }
    this.forgetOldest();
  }

  view(): ApprovalsView {
    return {
      open: this.open().map((approval) => approval.view()),
      ended: this.ended().map((approval) => approval.view()),
    };
  }

  /** The most urgent open one; where none is open, how the last one ended. */
  attributes(): ApprovalAttributes {
    const [urgent] = this.open();
    if (urgent !== undefined) return { state: urgent.state, dueAtMs: urgent.dueAtMs };
    const state = this.ended()[0]?.state;
    return { state: state === 'cancelled' ? undefined : state, dueAtMs: undefined };
  }

  /** For the next run of the task; `undefined` where there is nothing to say. */
  carried(): CarriedBook | undefined {
    return carryBook(this.open(), this.ended(), [...this.early.values()]);
  }

  private conclude(approval: Approval, verdict: DecideApproval['verdict'], nowMs: number, remark: Remark): void {
    const approved = verdict === 'approve';
    this.end(approval, approved ? 'approved' : 'rejected', approved, nowMs, remark);
  }

  private end(
    approval: Approval,
    state: ApprovalEndedState,
    approved: boolean | undefined,
    nowMs: number,
    remark?: Remark,
  ): void {
    approval.approved = approved;
    approval.change(state, nowMs, remark);
    // The map's order is that of the ends.
    this.approvals.delete(approval.id);
    this.approvals.set(approval.id, approval);
    currentRun()?.approvalEnded(state, (nowMs - approval.requestedAtMs) / 1000);
  }

  private decidable(id: string): Approval {
    const approval = this.approvals.get(id);
    if (approval === undefined) throw refused('not-requested');
    if (approval.reported) throw refused('reported', approval);
    return approval;
  }

  private open(): Approval[] {
    return [...this.approvals.values()].filter(({ open }) => open).sort(byUrgency);
  }

  private ended(): Approval[] {
    return [...this.approvals.values()].filter(({ open }) => !open).reverse();
  }

  private forgetOldest(): void {
    const known = this.ended().filter(({ unread }) => !unread);
    for (const approval of known.slice(MAX_ENDED)) this.approvals.delete(approval.id);
  }
}

function concludedBy({ state }: Approval, verdict: DecideApproval['verdict']): boolean {
  return state === (verdict === 'approve' ? 'approved' : 'rejected');
}

/** Its last deadline went by while no worker was there to apply the time-out. */
function overdueForGood({ dueAtMs, last }: Approval, nowMs: number): boolean {
  return last && dueAtMs !== undefined && dueAtMs <= nowMs;
}

function byUrgency(a: Approval, b: Approval): number {
  const due = (a.dueAtMs ?? Number.POSITIVE_INFINITY) - (b.dueAtMs ?? Number.POSITIVE_INFINITY);
  // Two without a due time: Infinity less Infinity is no number.
  return due || a.requestedAtMs - b.requestedAtMs;
}
