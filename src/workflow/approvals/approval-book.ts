/**
 * The approvals of one run: which there are, and how they end. Part of the frozen rule `approvals-v1` (see
 * `request-approval.ts`), with `deciding.ts` and `report-approval.ts`: what is accepted, and what changes by it, decides
 * where attributes are written.
 *
 * @module
 */

import type { ApprovalEndedState, ApprovalsView } from '../../definitions/approvals';
import { currentRun } from '../current-run';
import type { ApprovalAttributes, RunApprovals } from '../run-approvals';
import { Approval, type Remark } from './approval';
import { type CarriedBook, carryBook, type EarlyDecision } from './carried-book';

/** Approvals remembered after their end. */
const MAX_ENDED = 100;
/** Open at the same time in one run, of those requested and those reported alike. */
export const MAX_OPEN = 100;

export class ApprovalBook implements RunApprovals {
  /** The run has the handlers. */
  served = false;
  /** Decisions for approvals that were not requested yet. */
  readonly early = new Map<string, EarlyDecision>();
  private readonly approvals = new Map<string, Approval>();

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

  /** A new approval; one that ended under its id makes room for it. */
  enter(approval: Approval): void {
    this.approvals.delete(approval.id);
    this.approvals.set(approval.id, approval);
    this.forgetOldest();
  }

  /** @param approved whether the workflow may go on; `undefined` where nothing says so */
  end(
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

  /** Makes room. Not when one ends: how many are remembered decides which decisions count as repeated. */
  forgetOldest(): void {
    const known = this.ended().filter(({ unread }) => !unread);
    for (const approval of known.slice(MAX_ENDED)) this.approvals.delete(approval.id);
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

  carried(): CarriedBook | undefined {
    return carryBook(this.open(), this.ended(), [...this.early.values()]);
  }

  private open(): Approval[] {
    return [...this.approvals.values()].filter(({ open }) => open).sort(byUrgency);
  }

  private ended(): Approval[] {
    return [...this.approvals.values()].filter(({ open }) => !open).reverse();
  }
}

function byUrgency(a: Approval, b: Approval): number {
  const due = (a.dueAtMs ?? Number.POSITIVE_INFINITY) - (b.dueAtMs ?? Number.POSITIVE_INFINITY);
  // Two without a due time: Infinity less Infinity is no number.
  return due || a.requestedAtMs - b.requestedAtMs;
}
