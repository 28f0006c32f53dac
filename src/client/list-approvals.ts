/**
 * Open approvals of a namespace, from visibility and from the runs themselves.
 *
 * @module
 */

import type { Client } from '@temporalio/client';
import type { ApprovalOpenState, ApprovalView } from '../definitions/approvals';
import { defined } from '../definitions/defined';
import { MAX_LISTED } from './approval-options';
import { askRuns } from './ask-runs';
import { ClientVisibility } from './client-visibility';
import { listOpenApprovals, type OpenApproval } from './open-approvals';
import { patienceOf } from './retry';

/** An approval that is open. */
export interface ListedApproval {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly taskType?: string;
  readonly taskId?: string;
  readonly sessionId?: string;
  readonly state: ApprovalOpenState;
  /** ISO 8601; absent where the workflow reported it without a due time. */
  readonly dueAt?: string;
  /** By how much it is overdue, in milliseconds; absent where it is not. */
  readonly overdueMs?: number;
  /**
   * `complete`: `approval` is there. `unavailable`: no worker answered; this is the run's most urgent approval as
   * visibility shows it, and there may be more. `skipped`: likewise, for details were not wanted.
   */
  readonly details: 'complete' | 'unavailable' | 'skipped';
  readonly approval?: ApprovalView;
}

export interface ListedApprovals {
  /** The most urgent first. */
  readonly approvals: readonly ListedApproval[];
  /** There are more than were asked for; of more than 1,000 runs the newest ones are looked at. */
  readonly more: boolean;
}

interface ListQuery {
  readonly overdue: boolean;
  readonly taskType: string | undefined;
  readonly limit: number;
  readonly details: boolean;
  readonly timeoutMs: number;
}

export async function listApprovals(client: Client, query: ListQuery): Promise<ListedApprovals> {
  const { overdue, taskType, limit, details, timeoutMs } = query;
  const nowMs = Date.now();
  const filter = defined({ taskType, overdueAtMs: overdue ? nowMs : undefined, limit: MAX_LISTED });
  // As many as one request gives, for visibility cannot say which of them are the most urgent.
  const found = await listOpenApprovals(new ClientVisibility(client), filter);
  const urgent = [...found.approvals].sort((a, b) => byDueTime(a.dueAtMs, b.dueAtMs)).slice(0, limit);
  const views = details ? await askRuns(client, urgent, patienceOf(timeoutMs)) : undefined;
  const rows = urgent
    .flatMap((run, index) => rowsOf(run, views === undefined ? 'skipped' : views[index], nowMs))
    .filter(({ overdueMs }) => !overdue || overdueMs !== undefined)
    .sort((a, b) => byDueTime(timeOf(a.dueAt), timeOf(b.dueAt)));
  return {
    approvals: rows.slice(0, limit),
    more: found.more || found.approvals.length > limit || rows.length > limit,
  };
}

/** @param asked what the run says is open; `undefined` where it did not answer */
function rowsOf(
  run: OpenApproval,
  asked: readonly ApprovalView[] | 'skipped' | undefined,
  nowMs: number,
): ListedApproval[] {
  const { workflowId, runId, workflowType, taskQueue, taskType, taskId, sessionId } = run;
  const agent = defined({ workflowId, runId, workflowType, taskQueue, taskType, taskId, sessionId });
  if (asked === undefined || asked === 'skipped') {
    const due = dueFields(run.dueAtMs, nowMs);
    return [{ ...agent, state: run.state, ...due, details: asked ?? 'unavailable' }];
  }
  return asked.map((approval) => ({
    ...agent,
    // The query tells those that are open from the others.
    state: approval.state as ApprovalOpenState,
    ...dueFields(timeOf(approval.dueAt), nowMs),
    details: 'complete',
    approval,
  }));
}

function dueFields(dueAtMs: number | undefined, nowMs: number): Pick<ListedApproval, 'dueAt' | 'overdueMs'> {
  if (dueAtMs === undefined) return {};
  return defined({
    dueAt: new Date(dueAtMs).toISOString(),
    overdueMs: dueAtMs < nowMs ? nowMs - dueAtMs : undefined,
  });
}

function timeOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time);
}

/** What has no due time comes last. */
function byDueTime(a = Number.MAX_SAFE_INTEGER, b = Number.MAX_SAFE_INTEGER): number {
  return a - b;
}
