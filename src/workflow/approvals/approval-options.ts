import { ApplicationFailure } from '@temporalio/common';
import { type Duration, msToNumber } from '@temporalio/common/lib/time';
import { APPROVAL_ID_MAX_CHARS } from '../../definitions/approvals';
import { APPROVAL_INVALID } from '../../definitions/wire';

/** What an agent does when nobody decided in time. */
export type ApprovalFallback = 'approve' | 'reject' | 'fail';

/** Somebody else is given time before the agent goes on without a decision. */
export interface ApprovalEscalation {
  /** Who decides now: a person, a role, a channel. Shown to people and kept; nobody is told by it. */
  readonly escalateTo: string;
  /** Time to decide from the escalation on: a number of milliseconds, or a string such as `'4h'`. */
  readonly timeout: Duration;
  /**
   * What happens when nobody decided then either.
   *
   * @default 'reject'
   */
  readonly then?: ApprovalFallback | ApprovalEscalation;
}

export interface RequestApprovalOptions {
  /**
   * Names the approval within the task, of at most 200 characters. One id for each thing that is approved: an approval is
   * decided once, and a later run of the task that asks again under the same id is given that decision.
   */
  readonly id: string;
  /**
   * What is to be approved, for whoever decides; at most 1,000 characters are kept. Shown by the query, never in search
   * attributes, logs, spans or metrics.
   */
  readonly subject?: string;
  /** Time to decide: a number of milliseconds, or a string such as `'4h'`. */
  readonly timeout: Duration;
  /**
   * What happens when nobody decided in time: the agent goes on as if approved or rejected, the workflow fails, or
   * somebody else is given time.
   *
   * @default 'reject'
   */
  readonly onTimeout?: ApprovalFallback | ApprovalEscalation;
}

/** One deadline of an approval. */
export interface ApprovalStage {
  /** Absent for the first one. */
  readonly escalateTo?: string;
  readonly timeoutMs: number;
}

export interface ApprovalPlan {
  readonly stages: readonly ApprovalStage[];
  readonly fallback: ApprovalFallback;
}

const FALLBACKS: readonly unknown[] = ['approve', 'reject', 'fail'] satisfies ApprovalFallback[];
const MAX_STAGES = 10;
/** A due time that visibility cannot store would fail the workflow task for ever. */
const MAX_TIMEOUT_MS = 10 * 365.25 * 24 * 60 * 60 * 1000;

/** @throws ApplicationFailure of type {@link APPROVAL_INVALID} that names the option, what was expected and what came */
export function approvalPlan(options: RequestApprovalOptions): ApprovalPlan {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'an object', options);
  const { id, subject, timeout } = options;
  if (typeof id !== 'string' || id === '' || id.length > APPROVAL_ID_MAX_CHARS) {
    throw invalid('id', `a non-empty string of at most ${APPROVAL_ID_MAX_CHARS} characters`, id);
  }
  if (subject !== undefined && typeof subject !== 'string') throw invalid('subject', 'a string', subject);
  const stages: ApprovalStage[] = [{ timeoutMs: milliseconds('timeout', timeout) }];
  let name = 'onTimeout';
  let next: unknown = options.onTimeout === undefined ? 'reject' : options.onTimeout;
  for (; typeof next === 'object' && next !== null; name = `${name}.then`) {
    if (stages.length >= MAX_STAGES) throw invalid(name, `at most ${MAX_STAGES - 1} escalations`, next);
    const { escalateTo, timeout, then = 'reject' } = next as Partial<ApprovalEscalation>;
    if (typeof escalateTo !== 'string' || escalateTo === '' || escalateTo.length > APPROVAL_ID_MAX_CHARS) {
      throw invalid(
        `${name}.escalateTo`,
        `a non-empty string of at most ${APPROVAL_ID_MAX_CHARS} characters`,
        escalateTo,
      );
    }
    stages.push({ escalateTo, timeoutMs: milliseconds(`${name}.timeout`, timeout) });
    next = then;
  }
  if (!FALLBACKS.includes(next)) {
    throw invalid(name, "'approve', 'reject', 'fail' or { escalateTo, timeout, then }", next);
  }
  return { stages, fallback: next as ApprovalFallback };
}

/** A failure that ends the workflow: a task that is retried for ever would tell nobody. */
export function invalid(name: string, expected: string, actual: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: APPROVAL_INVALID,
    message: `requestApproval: ${name}: expected ${expected}, got ${shown(actual)}`,
    nonRetryable: true,
  });
}

function milliseconds(name: string, value: unknown): number {
  let ms = Number.NaN;
  try {
    ms = msToNumber(value as Duration);
  } catch {
    // Not a duration, which is what NaN says.
  }
  if (!(ms >= 1 && ms <= MAX_TIMEOUT_MS)) throw invalid(name, "a time from 1 ms to 10 years, such as '4h'", value);
  return Math.ceil(ms);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
