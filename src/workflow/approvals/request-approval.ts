/**
 * Approvals that cannot be waited for without an end.
 *
 * The frozen rule `approvals-v1`: what of it stands in a history, and where. Changing it means `approvals-v2` beside it,
 * chosen by a patch; runs without that patch go on by this one.
 * - (a) The first call of a run to `requestApproval` or `reportApproval`, as soon as its approval is entered, or inbound
 *   `execute` before `next` where the run before carried approvals on and the bundle has `./workflow`, registers the
 *   handlers: query, update to decide, update to acknowledge, signal to decide, signal to acknowledge, in this order. What
 *   waited for them is handled at once.
 * - (b) A request that is valid: WRITE, once, after (a) and after a decision that was kept for it was taken.
 * - (c) As long as it is open, for each deadline: one `condition` with a timeout, the time left but at least 1 ms. Where
 *   the deadline and a decision come in one activation, the decision counts.
 * - (d) A decision or acknowledgement that changes the approval: WRITE, in its handler.
 * - (e) A deadline that goes by, with the approval open: WRITE.
 * - (f) A cancellation of the scope that waits, with the approval open: WRITE, and the cancellation goes on.
 * - (g) A call of `reportApproval`: `patched`, where the run writes attributes at all, and WRITE if that is true.
 * - WRITE is that of `sa-v1`, (f) there: exactly one upsert in runs that write, which are those where `sa-v1` is on; nothing
 *   in all others. Everything else happens in all runs.
 *
 * @module
 */

import { ApplicationFailure } from '@temporalio/common';
import { condition, isCancellation } from '@temporalio/workflow';
import type { ApprovalChange } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import { APPROVAL_TIMED_OUT } from '../../definitions/wire';
import { currentRun } from '../current-run';
import { Approval, aboutOf } from './approval';
import { type ApprovalBook, MAX_OPEN } from './approval-book';
import { type ApprovalPlan, approvalPlan, invalid, type RequestApprovalOptions } from './approval-options';
import { openBook, serveApprovals } from './current-book';
import { takeEarly } from './deciding';
import { usableSubject } from './remark';

/** How an approval ended. */
export interface ApprovalDecision {
  readonly id: string;
  /** Whether the agent may go on: what was decided, or after a time-out what `onTimeout` says. */
  readonly approved: boolean;
  readonly outcome: 'approved' | 'rejected' | 'timed_out';
  readonly decidedAt: Date;
  /** Who decided; absent after a time-out, and where the sender did not say. A claim of the sender, not a proof. */
  readonly actor?: string;
  /** What was said with the decision. */
  readonly note?: string;
  /** Everything that happened to it, oldest first. */
  readonly changes: readonly ApprovalChange[];
}

/**
 * Asks people for an approval and waits until it is decided, or its time is up. There is no approval without a deadline.
 *
 * While it waits, the run is found by its search attributes (`AgentApprovalState`, `AgentApprovalDueAt`), answers the query
 * `agentApprovals`, and takes decisions by the update or signal `agentApprovalDecide`: from `ApprovalClient` of
 * `temporal-agent-observability/client`, from `temporal-agent-observability approvals`, or from any Temporal client. An
 * approval that is open when the run continues as new is open in the next run, with the deadline that it had; ask for it
 * again there, under the same id. One that has been decided by then is answered at once, if the subject is the same; of those whose decision the
 * workflow has had, the latest 20 are remembered. Works without the plugin, too; search attributes and metrics are then
 * missing, and the next run is told nothing.
 *
 * Adding a call to workflow code is a change like any other: guard it with `patched(...)` where runs are open.
 *
 * @returns the decision; after a time-out one with `outcome: 'timed_out'`
 * @throws ApplicationFailure of type {@link APPROVAL_TIMED_OUT}, not retryable, when nobody decided in time and
 *   `onTimeout` is `'fail'`
 * @throws ApplicationFailure of type `ApprovalInvalid`, not retryable, when an option is wrong, when the id was used before
 *   in this run, or when 100 approvals are open
 * @throws CancelledFailure when the surrounding scope is cancelled; the approval is then `cancelled`
 *
 * @example
 * ```ts
 * const decision = await requestApproval({
 *   id: `refund-${order.id}`,
 *   subject: `Refund ${order.total} to ${order.customer}`,
 *   timeout: '4h',
 *   onTimeout: { escalateTo: 'team-lead', timeout: '2h', then: 'reject' },
 * });
 * if (decision.approved) await refund(order);
 * ```
 */
export async function requestApproval(options: RequestApprovalOptions): Promise<ApprovalDecision> {
  const plan = approvalPlan(options);
  const book = openBook();
  const subject = usableSubject(options.subject);
  const approval = claim(book, options.id, subject);
  approval.subject = subject;
  if (approval.open && approval.dueAtMs === undefined) {
    approval.dueAtMs = Date.now() + (plan.stages[0]?.timeoutMs ?? 0);
    currentRun()?.approvalRequested();
  }
  approval.last = approval.stage >= plan.stages.length - 1;
  serveApprovals(book);
  if (approval.open) takeEarly(book, approval, Date.now());
  writeAttributes();
  try {
    await untilEnded(book, approval, plan);
  } catch (error) {
    if (approval.open && isCancellation(error)) {
      book.end(approval, 'cancelled', undefined, Date.now());
      writeAttributes();
    }
    throw error;
  }
  return outcomeOf(approval);
}

/** A new approval, or the one of a run before under this id: whether the workflow has looked at its outcome is unknown. */
function claim(book: ApprovalBook, id: string, subject: string | undefined): Approval {
  const found = book.find(id);
  // Nobody decided it, so that it can be asked again.
  const known = found?.state === 'cancelled' ? undefined : found;
  if (known !== undefined && (known.claimed || known.reported)) {
    const how = known.open ? 'is open' : `ended as ${known.state}`;
    throw invalid('id', `an id of its own for each approval; this one ${how} already`, id);
  }
  // A decision about one thing must not let another one pass.
  if (known !== undefined && !known.open && known.about !== undefined && known.about !== aboutOf(subject)) {
    throw invalid(
      'id',
      'an id of its own for each subject; under this one a run before had another subject decided',
      id,
    );
  }
  // Each costs a timer, and all of them travel when the run continues as new.
  if (known === undefined && book.full(false)) {
    throw invalid('id', `at most ${MAX_OPEN} approvals open at once`, id);
  }
  const approval = known ?? submitted(book, id, Date.now());
  approval.claimed = true;
  return approval;
}

function submitted(book: ApprovalBook, id: string, nowMs: number): Approval {
  const approval = new Approval(id, nowMs);
  approval.change('submitted', nowMs);
  book.enter(approval);
  return approval;
}

async function untilEnded(book: ApprovalBook, approval: Approval, { stages, fallback }: ApprovalPlan): Promise<void> {
  while (approval.open) {
    const left = Math.max(1, (approval.dueAtMs ?? 0) - Date.now());
    await condition(() => !approval.open, left);
    if (!approval.open) return;
    const next = stages[approval.stage + 1];
    if (next === undefined) {
      book.end(approval, 'timed_out', fallback === 'fail' ? undefined : fallback === 'approve', Date.now());
    } else {
      approval.stage++;
      approval.last = approval.stage >= stages.length - 1;
      approval.escalate(next.escalateTo ?? '', Date.now(), next.timeoutMs);
      currentRun()?.found({
        id: 'approval-escalated',
        message: 'nobody decided an approval in time, and it was escalated',
        cause: 'escalated',
        evidence: { escalation: approval.stage },
      });
    }
    writeAttributes();
  }
}

function outcomeOf(approval: Approval): ApprovalDecision {
  approval.settled = true;
  const { id, state, approved, changedAtMs, remark } = approval;
  if (approved === undefined) {
    throw ApplicationFailure.create({
      type: APPROVAL_TIMED_OUT,
      message: `Nobody decided approval ${JSON.stringify(id)} in time`,
      nonRetryable: true,
    });
  }
  const { changes } = approval.view();
  return defined({
    id,
    approved,
    outcome: state as ApprovalDecision['outcome'],
    decidedAt: new Date(changedAtMs),
    actor: remark.actor,
    note: remark.note,
    changes,
  });
}

function writeAttributes(): void {
  currentRun()?.approvalChanged();
}
