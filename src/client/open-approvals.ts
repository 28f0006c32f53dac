/**
 * Approvals that are open, as visibility shows them: of each running agent the most urgent one. What it does not show
 * (ids, subjects, further approvals of the same run) the query `agentApprovals` answers, which needs a worker.
 *
 * @module
 */

import { APPROVAL_OPEN_STATES, type ApprovalOpenState } from '../definitions/approvals';
import { defined } from '../definitions/defined';
import type { Visibility } from './visibility';
import { allOf, oneOf, quote, quoteTime, RUNNING } from './visibility-query';
import type { RunId, VisibleRun } from './visible-run';

export interface OpenApproval extends RunId {
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly state: ApprovalOpenState;
  /** Milliseconds since the epoch; absent where the workflow reported an approval without a due time. */
  readonly dueAtMs?: number;
  /** Start of the task, in milliseconds since the epoch; of the run where the former is not known. */
  readonly startedAtMs: number;
  readonly taskType?: string;
  readonly taskId?: string;
  readonly sessionId?: string;
}

export interface OpenApprovalsFilter {
  readonly taskType?: string;
  /** Only those due before this time, in milliseconds since the epoch. Needs `AgentApprovalDueAt` in the namespace. */
  readonly overdueAtMs?: number;
  /** Most runs that are listed. */
  readonly limit: number;
}

export interface OpenApprovals {
  /** The newest run first, as visibility lists them. */
  readonly approvals: readonly OpenApproval[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

/**
 * Lists the open approvals of a namespace that has `AgentApprovalState`.
 *
 * @throws ServiceError of the request
 */
export async function listOpenApprovals(
  visibility: Pick<Visibility, 'list'>,
  { taskType, overdueAtMs, limit }: OpenApprovalsFilter,
): Promise<OpenApprovals> {
  const condition = allOf(
    approvalOpen(taskType),
    overdueAtMs === undefined ? undefined : approvalDueBefore(overdueAtMs),
  );
  const { runs, more } = await visibility.list('approvals', condition, limit);
  return { approvals: runs.flatMap((run) => readOpenApproval(run) ?? []), more };
}

/** Agents, of one task type or of all, that wait for an approval in one of these states. */
export function approvalOpen(taskType?: string, states: readonly ApprovalOpenState[] = APPROVAL_OPEN_STATES): string {
  return allOf(
    RUNNING,
    taskType === undefined ? undefined : `AgentTaskType = ${quote(taskType)}`,
    oneOf('AgentApprovalState', states),
  );
}

/** Of those, the ones whose approval was due before a time. */
export function approvalDueBefore(ms: number): string {
  return `AgentApprovalDueAt < ${quoteTime(ms)}`;
}

/** `undefined` for a run that has no open approval. */
export function readOpenApproval(run: VisibleRun): OpenApproval | undefined {
  const state = APPROVAL_OPEN_STATES.find((open) => open === run.approvalState);
  if (state === undefined) return undefined;
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    workflowType: run.workflowType,
    taskQueue: run.taskQueue,
    state,
    startedAtMs: run.taskStartedAtMs ?? run.startedAtMs,
    ...defined({
      dueAtMs: run.approvalDueAtMs,
      taskType: run.taskType,
      taskId: run.taskId,
      sessionId: run.sessionId,
    }),
  };
}
