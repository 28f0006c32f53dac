import type { ListedApprovals } from '../../client/list-approvals';
import type { ApprovalChange, ApprovalsView, ApprovalView } from '../../definitions/approvals';
import { formatDuration, table } from '../explain/format';
import { printable, shortened } from '../printable';

/** Longest subject in a table; `show` has all of it. */
const SUBJECT_CHARS = 60;

const COLUMNS = ['task type', 'workflow id', 'approval', 'state', 'due', 'overdue by', 'escalated to', 'subject'];

export function listLines({ approvals, more }: ListedApprovals, what: string): string[] {
  const rows = approvals.map(({ taskType, workflowType, workflowId, state, dueAt, overdueMs, approval }) => [
    taskType ?? workflowType,
    workflowId,
    approval?.id ?? '?',
    state,
    dueAt ?? '-',
    overdueMs === undefined ? '-' : formatDuration(overdueMs),
    approval?.escalatedTo ?? '-',
    shortened(approval?.subject ?? '-', SUBJECT_CHARS),
  ]);
  const unavailable = approvals.filter(({ details }) => details === 'unavailable').length;
  return [
    ...(rows.length === 0 ? [`No ${what}.`] : table([COLUMNS, ...rows.map((row) => row.map(printable))])),
    ...(unavailable > 0
      ? [
          `${unavailable} of them did not answer, for example for want of a worker: they are as visibility shows them, with the most urgent approval of each.`,
        ]
      : []),
    ...(more ? ['There are more: choose a higher --limit or one --task-type.'] : []),
  ];
}

export function viewLines({ open, ended }: ApprovalsView, nowMs: number): string[] {
  const approvals = [...open, ...ended];
  if (approvals.length === 0) return ['No approvals.'];
  return approvals.flatMap((approval, index) => [...(index > 0 ? [''] : []), ...approvalLines(approval, nowMs)]);
}

export function approvalLines(approval: ApprovalView, nowMs: number): string[] {
  const { id, subject, state, dueAt, escalatedTo, approved, repeats, refused, reported, changes } = approval;
  const facts: [string, string | undefined][] = [
    ['subject', subject],
    ['due', dueAt && `${dueAt}${overdue(dueAt, nowMs)}`],
    ['escalated to', escalatedTo],
    [
      'goes on',
      state === 'timed_out' && approved !== undefined ? `as if ${approved ? 'approved' : 'rejected'}` : undefined,
    ],
    ['repeated', repeats > 0 ? times(repeats) : undefined],
    ['refused', refused > 0 ? `${times(refused)}, late or contrary signals` : undefined],
    ['decided by', reported ? 'handlers of the workflow, and not from here' : undefined],
  ];
  return [
    `${printable(id)}  ${state}`,
    ...table(facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]]))).map(indented),
    ...table(changes.map(changeCells)).map((line) => indented(indented(line))),
  ];
}

function changeCells({ at, state, actor, note }: ApprovalChange): string[] {
  const who = actor === undefined ? '' : `${state === 'escalated' ? 'to' : 'by'} ${actor}`;
  return [at, state, printable(who), printable(note ?? '')];
}

function overdue(dueAt: string, nowMs: number): string {
  const ms = nowMs - Date.parse(dueAt);
  return ms > 0 ? ` (overdue by ${formatDuration(ms)})` : ` (in ${formatDuration(-ms)})`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function indented(line: string): string {
  return `  ${line}`;
}
