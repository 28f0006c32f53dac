/**
 * What {@link ApprovalClient} is asked for, and the checks of it.
 *
 * @module
 */

import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import {
  type AcknowledgeApproval,
  APPROVAL_ID_MAX_CHARS,
  APPROVAL_NOTE_MAX_CHARS,
  APPROVAL_VERDICTS,
  type ApprovalVerdict,
  type DecideApproval,
} from '../definitions/approvals';
import { defined } from '../definitions/defined';
import { boolean, fail, integer, known, nonEmpty, number, oneOf } from '../definitions/option-checks';

/** How a decision or an acknowledgement reaches the workflow. */
export const APPROVAL_WAYS = ['update', 'signal'] as const;
export type ApprovalWay = (typeof APPROVAL_WAYS)[number];

/** Most approvals that {@link ApprovalClient.list} gives. */
export const MAX_LISTED = 1000;

const DEFAULT_LISTED = 100;
const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_LIST_TIMEOUT_MS = 10_000;

export interface RemarkOptions {
  /** Who does it, at most 200 characters. A claim and no proof: nobody checks it. */
  readonly actor?: string;
  /** Why, at most 1,000 characters. Kept in the run's history. */
  readonly note?: string;
  /** One run of the workflow; the latest one when left out. */
  readonly runId?: string;
  /**
   * `update`: validated by the workflow, and answered. `signal`: recorded by the server at once, with a worker or
   * without, and neither validated nor answered; a decision for what was not requested yet is kept for it.
   *
   * @default 'update'
   */
  readonly via?: ApprovalWay;
  /**
   * Longest that an answer is waited for.
   *
   * @default 30 seconds
   */
  readonly timeout?: Duration;
  /**
   * How long to ask again, from the call on, while the workflow has not requested the approval: people may be told of it
   * a moment before.
   *
   * @default not at all
   */
  readonly retryUntilRequested?: Duration;
}

export interface AcknowledgeOptions extends RemarkOptions {}

export interface DecideOptions extends RemarkOptions {
  readonly verdict: ApprovalVerdict;
}

export interface GetApprovalsOptions {
  /** One run of the workflow, which may be closed; the latest one when left out. */
  readonly runId?: string;
  /**
   * Longest that an answer is waited for.
   *
   * @default 30 seconds
   */
  readonly timeout?: Duration;
}

export interface ListApprovalsOptions {
  /** Only those whose due time has passed. Needs the search attribute `AgentApprovalDueAt`. */
  readonly overdue?: boolean;
  readonly taskType?: string;
  /**
   * Most approvals that are listed, 1 to 1,000.
   *
   * @default 100
   */
  readonly limit?: number;
  /**
   * Whether each run is asked for ids, subjects and changes, which visibility does not have. It needs a worker.
   *
   * @default true
   */
  readonly details?: boolean;
  /**
   * Longest that the details of all runs together are waited for.
   *
   * @default 10 seconds
   */
  readonly timeout?: Duration;
}

/** A decision or an acknowledgement, checked. */
export interface CheckedRemark<R extends AcknowledgeApproval> {
  readonly workflowId: string;
  readonly approvalId: string;
  readonly runId: string | undefined;
  readonly request: R;
  readonly via: ApprovalWay;
  readonly timeoutMs: number;
  readonly untilRequestedMs: number;
}

const REMARK_OPTIONS = ['actor', 'note', 'runId', 'via', 'timeout', 'retryUntilRequested'];

export function checkAcknowledge(
  workflowId: unknown,
  approvalId: unknown,
  options: AcknowledgeOptions,
): CheckedRemark<AcknowledgeApproval> {
  known('options', options, REMARK_OPTIONS);
  return checkRemark(workflowId, approvalId, options, {});
}

export function checkDecide(
  workflowId: unknown,
  approvalId: unknown,
  options: DecideOptions,
): CheckedRemark<DecideApproval> {
  known('options', options, ['verdict', ...REMARK_OPTIONS]);
  return checkRemark(workflowId, approvalId, options, {
    verdict: oneOf('verdict', options.verdict, APPROVAL_VERDICTS),
  });
}

export function checkGet(
  workflowId: unknown,
  options: GetApprovalsOptions,
): { readonly workflowId: string; readonly runId: string | undefined; readonly timeoutMs: number } {
  known('options', options, ['runId', 'timeout']);
  return {
    workflowId: nonEmpty('workflowId', workflowId),
    runId: optional('runId', options.runId, nonEmpty),
    timeoutMs: optional('timeout', options.timeout, duration) ?? DEFAULT_TIMEOUT_MS,
  };
}

export function checkList(options: ListApprovalsOptions) {
  known('options', options, ['overdue', 'taskType', 'limit', 'details', 'timeout']);
  return {
    overdue: optional('overdue', options.overdue, boolean) ?? false,
    taskType: optional('taskType', options.taskType, nonEmpty),
    limit: optional('limit', options.limit, listLimit) ?? DEFAULT_LISTED,
    details: optional('details', options.details, boolean) ?? true,
    timeoutMs: optional('timeout', options.timeout, duration) ?? DEFAULT_LIST_TIMEOUT_MS,
  };
}

function checkRemark<M extends object>(
  workflowId: unknown,
  approvalId: unknown,
  options: RemarkOptions,
  more: M,
): CheckedRemark<AcknowledgeApproval & M> {
  const via = optional('via', options.via, (name, value) => oneOf(name, value, APPROVAL_WAYS)) ?? 'update';
  const untilRequestedMs = optional('retryUntilRequested', options.retryUntilRequested, duration) ?? 0;
  if (via === 'signal' && untilRequestedMs > 0) {
    throw fail(
      'retryUntilRequested',
      "nothing with via: 'signal', which waits for the request by itself",
      untilRequestedMs,
    );
  }
  const id = checkApprovalId(approvalId);
  return {
    workflowId: nonEmpty('workflowId', workflowId),
    approvalId: id,
    runId: optional('runId', options.runId, nonEmpty),
    via,
    untilRequestedMs,
    timeoutMs: optional('timeout', options.timeout, duration) ?? DEFAULT_TIMEOUT_MS,
    request: {
      ...defined({
        id,
        actor: optional('actor', options.actor, (name, value) => text(name, value, APPROVAL_ID_MAX_CHARS)),
        note: optional('note', options.note, (name, value) => text(name, value, APPROVAL_NOTE_MAX_CHARS)),
      }),
      ...more,
    },
  };
}

export function checkApprovalId(approvalId: unknown): string {
  return text('approvalId', approvalId, APPROVAL_ID_MAX_CHARS);
}

function text(name: string, value: unknown, max: number): string {
  if (nonEmpty(name, value).length <= max) return value as string;
  throw fail(name, `at most ${max} characters`, value);
}

function optional<T>(name: string, value: unknown, check: (name: string, value: unknown) => T): T | undefined {
  return value === undefined ? undefined : check(name, value);
}

function listLimit(name: string, value: unknown): number {
  return integer(name, value, { min: 1, max: MAX_LISTED });
}

/** Milliseconds of a duration above zero. */
function duration(name: string, value: unknown): number {
  const expected = "a duration, for example '30 seconds' or 30000 (milliseconds)";
  if (typeof value !== 'string' && typeof value !== 'number') throw fail(name, expected, value);
  let ms: number;
  try {
    ms = msToNumber(value as Duration);
  } catch {
    throw fail(name, expected, value);
  }
  return number(name, ms, { above: 0 }, 'a duration in milliseconds');
}
