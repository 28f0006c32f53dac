import type { OpenApproval } from '../client/open-approvals';
import type { Detected, FindingSubject } from '../definitions/finding';

/** An approval that stayed open past its due time, for longer than its task type may take. */
export function approvalOverdue(approval: OpenApproval, nowMs: number): Detected {
  const { workflowType, state, dueAtMs = nowMs } = approval;
  const late = duration(nowMs - dueAtMs);
  return {
    id: 'approval-overdue',
    message: `an approval of ${workflowType} was due ${late} ago and is ${state} still; perhaps no worker runs on task queue ${approval.taskQueue}, or its workflow task fails`,
    cause: overdueCause(approval),
    evidence: evidenceOf(approval),
    ...subjectOf(approval),
  };
}

/** An approval that nobody decided in time, so that somebody else is asked now. A worker tells of it by the same cause. */
export function approvalEscalated(approval: OpenApproval, nowMs: number): Detected {
  const { workflowType, dueAtMs } = approval;
  return {
    id: 'approval-escalated',
    message: `an approval of ${workflowType} was escalated because nobody decided it in time${dueWords(dueAtMs, nowMs)}`,
    cause: 'escalated',
    evidence: evidenceOf(approval),
    ...subjectOf(approval),
  };
}

/**
 * State and day. A run that asks for one approval after the other is told of again, once a day; the due time itself would
 * give every approval a cause of its own, and causes bound the log when a thousand approvals are late at once.
 */
function overdueCause({ state, dueAtMs }: OpenApproval): string {
  return dueAtMs === undefined ? state : `${state}, due ${isoTime(dueAtMs).slice(0, 10)}`;
}

function evidenceOf({ state, dueAtMs, taskQueue }: OpenApproval): NonNullable<Detected['evidence']> {
  return { state, taskQueue, ...(dueAtMs !== undefined && { dueAt: isoTime(dueAtMs) }) };
}

function subjectOf({ workflowType, taskType, workflowId, runId }: OpenApproval): FindingSubject {
  return { workflowType, workflowId, runId, ...(taskType !== undefined && { taskType }) };
}

function dueWords(dueAtMs: number | undefined, nowMs: number): string {
  if (dueAtMs === undefined) return '';
  return dueAtMs < nowMs
    ? `; its next deadline passed ${duration(nowMs - dueAtMs)} ago`
    : `; it has ${duration(dueAtMs - nowMs)} left`;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function duration(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
