import {
  APPROVAL_ENDED_STATES,
  APPROVAL_ID_MAX_CHARS,
  APPROVAL_OPEN_STATES,
  type ApprovalEndedState,
  type ApprovalOpenState,
  type ApprovalState,
} from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import { currentRun } from '../current-run';
import { observe } from '../observe';
import { Approval, type Remark } from './approval';
import type { ApprovalBook } from './approval-book';
import { openBook, serveApprovals } from './current-book';
import { usableRemark, usableSubject } from './remark';

/** What has become of an approval that the workflow handles by itself. */
export interface ApprovalReport {
  /** Names the approval within the task, of at most 200 characters. */
  readonly id: string;
  readonly state: ApprovalState;
  /** What is to be approved, of at most 1,000 characters; kept until another one is given. */
  readonly subject?: string;
  /**
   * When it is due: a date, or milliseconds since the epoch; kept until another one is given. Without one it is never
   * overdue, and nobody is warned of it.
   */
  readonly dueAt?: Date | number;
  /** Who brought it into this state. For an escalation: to whom. */
  readonly actor?: string;
  /** What was said about it, of at most 1,000 characters. */
  readonly note?: string;
}

/** A report with what can be used of it. */
interface UsableReport extends Remark {
  readonly id: string;
  readonly state: ApprovalState;
  readonly subject?: string | undefined;
  readonly dueAtMs?: number | undefined;
}

const STATES: readonly unknown[] = [...APPROVAL_OPEN_STATES, ...APPROVAL_ENDED_STATES];
/** Every visibility store takes times up to 2200. */
const MAX_TIME_MS = 7_258_118_400_000;

/**
 * Makes an approval that the workflow handles by itself, with signals and conditions of its own, visible in the way of
 * those of `requestApproval`: search attributes, metrics, the query `agentApprovals`, and with `dueAt` the gauges and
 * findings for overdue ones. Call it at every change of state. It takes no decisions and starts no timer.
 *
 * A report with a wrong id or state changes nothing, nor does one that would open more than 100 at once: an observer must
 * not fail a workflow. Adding calls to the code of
 * runs that are open is safe; such runs report from the call on that comes next. In a bundle without the plugin it only
 * serves the query.
 *
 * @example
 * ```ts
 * reportApproval({ id: 'contract', state: 'submitted', dueAt: Date.now() + 4 * 3_600_000 });
 * await condition(() => signed !== undefined, '4h');
 * reportApproval({ id: 'contract', state: signed ? 'approved' : 'timed_out', actor: signed?.by });
 * ```
 */
export function reportApproval(report: ApprovalReport): void {
  observe(() => {
    const { id, state, subject, dueAt } = Object(report) as Partial<ApprovalReport>;
    if (typeof id !== 'string' || id === '' || id.length > APPROVAL_ID_MAX_CHARS) return;
    if (state === undefined || !STATES.includes(state)) return;
    const reported = {
      id,
      state,
      subject: usableSubject(subject),
      dueAtMs: usableTime(dueAt),
      ...usableRemark(report),
    };
    enter(openBook(), defined(reported), Date.now());
  });
  observe(() => serveApprovals(openBook()));
  // Whatever became of the report: where a history has a write must not depend on values.
  currentRun()?.reportedApprovalChanged();
}

/** Reports come in whatever order. */
function enter(book: ApprovalBook, { id, state, subject, dueAtMs, ...remark }: UsableReport, nowMs: number): void {
  const known = book.find(id);
  // What was requested has states of its own.
  if (known !== undefined && !known.reported) return;
  const wasOpen = known?.open ?? false;
  const opens = APPROVAL_OPEN_STATES.includes(state as ApprovalOpenState);
  // How it ended is said again.
  if (!opens && known?.state === state) return;
  if (opens && !wasOpen && book.full(true)) return;
  const approval = known !== undefined && wasOpen ? known : new Approval(id, nowMs);
  approval.reported = true;
  approval.subject = subject ?? approval.subject;
  approval.dueAtMs = dueAtMs ?? approval.dueAtMs;
  if (state === 'escalated') approval.escalatedTo = remark.actor;
  if (!wasOpen) {
    currentRun()?.approvalRequested();
    if (opens) book.enter(approval);
  }
  if (opens) {
    approval.change(state, nowMs, remark);
  } else {
    const approved = state === 'approved' ? true : state === 'rejected' ? false : undefined;
    book.end(approval, state as ApprovalEndedState, approved, nowMs, remark);
  }
  book.forgetOldest();
}

function usableTime(time: unknown): number | undefined {
  const ms = time instanceof Date ? time.getTime() : time;
  return typeof ms === 'number' && ms >= 0 && ms <= MAX_TIME_MS ? Math.floor(ms) : undefined;
}
