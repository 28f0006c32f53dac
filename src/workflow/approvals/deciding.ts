/**
 * Decisions and acknowledgements that come from outside: what is accepted, and what changes by it. Part of the frozen rule
 * `approvals-v1`.
 *
 * @module
 */

import type { AcknowledgeApproval, ApprovalVerdict, ApprovalView, DecideApproval } from '../../definitions/approvals';
import type { Approval, Remark } from './approval';
import type { ApprovalBook } from './approval-book';
import { refused, whyEnded } from './refusals';

/** Decisions kept for approvals that were not requested yet. */
const MAX_EARLY = 100;

/** @throws ApplicationFailure of type `ApprovalRefused`; changes nothing */
export function checkDecision(book: ApprovalBook, decision: DecideApproval, nowMs: number): void {
  const approval = decidable(book, decision.id);
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
export function decide(
  book: ApprovalBook,
  decision: DecideApproval,
  nowMs: number,
): { readonly view: ApprovalView; readonly changed: boolean } {
  const approval = decidable(book, decision.id);
  if (approval.open) {
    conclude(book, approval, decision.verdict, nowMs, decision);
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
export function decideBySignal(book: ApprovalBook, decision: DecideApproval, nowMs: number): boolean {
  const { id, verdict, actor, note } = decision;
  const approval = book.find(id);
  if (approval === undefined) {
    if (book.early.size < MAX_EARLY && !book.early.has(id)) book.early.set(id, { id, verdict, actor, note });
    return false;
  }
  if (approval.open && !approval.reported) {
    conclude(book, approval, verdict, nowMs, decision);
    return true;
  }
  if (concludedBy(approval, verdict)) approval.repeats++;
  else approval.refused++;
  return false;
}

/** Takes the decision that came before its approval, if one did. */
export function takeEarly(book: ApprovalBook, approval: Approval, nowMs: number): void {
  const early = book.early.get(approval.id);
  if (early === undefined) return;
  book.early.delete(approval.id);
  conclude(book, approval, early.verdict, nowMs, early);
}

/** @throws ApplicationFailure of type `ApprovalRefused`; changes nothing */
export function checkAcknowledgement(book: ApprovalBook, { id }: AcknowledgeApproval): void {
  const approval = decidable(book, id);
  if (!approval.open) throw refused(whyEnded(approval), approval);
}

/** Of an approval that is open: the first acknowledgement of each stage counts. Returns whether it changed anything. */
export function acknowledge(book: ApprovalBook, { id, actor, note }: AcknowledgeApproval, nowMs: number): boolean {
  const approval = book.find(id);
  if (approval === undefined || approval.reported || !approval.open || approval.state === 'acknowledged') return false;
  approval.change('acknowledged', nowMs, { actor, note });
  return true;
}

function decidable(book: ApprovalBook, id: string): Approval {
  const approval = book.find(id);
  if (approval === undefined) throw refused('not-requested');
  if (approval.reported) throw refused('reported', approval);
  return approval;
}

function conclude(
  book: ApprovalBook,
  approval: Approval,
  verdict: ApprovalVerdict,
  nowMs: number,
  remark: Remark,
): void {
  const approved = verdict === 'approve';
  book.end(approval, approved ? 'approved' : 'rejected', approved, nowMs, remark);
}

function concludedBy({ state }: Approval, verdict: ApprovalVerdict): boolean {
  return state === (verdict === 'approve' ? 'approved' : 'rejected');
}

/** Its last deadline went by while no worker was there to apply the time-out. */
function overdueForGood({ dueAtMs, last }: Approval, nowMs: number): boolean {
  return last && dueAtMs !== undefined && dueAtMs <= nowMs;
}
