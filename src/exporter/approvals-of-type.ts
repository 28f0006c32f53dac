/**
 * What is open and what is overdue among the approvals of a namespace, by task type.
 *
 * @module
 */

import {
  approvalDueBefore,
  approvalOpen,
  listOpenApprovals,
  type OpenApproval,
  readOpenApproval,
} from '../client/open-approvals';
import type { Visibility } from '../client/visibility';
import { allOf } from '../client/visibility-query';
import { APPROVAL_OPEN_STATES, type ApprovalOpenState } from '../definitions/approvals';
import type { ExporterConfig } from './config';
import { earliestRuns } from './earliest-runs';

/** Open approvals of one task type. */
export interface ApprovalsOfType {
  readonly open: Readonly<Record<ApprovalOpenState, number>>;
  /** Those that stayed open for longer after their due time than they may. */
  readonly overdue: number;
  /** Due time of the one that is due first; absent where none has a due time. */
  readonly oldestDueAtMs: number | undefined;
  /** Those that are overdue for longer than by chance; where there are many, those of the newest runs. */
  readonly lateApprovals: readonly OpenApproval[];
  /** Those that were escalated; where there are many, those of the newest runs. */
  readonly escalatedApprovals: readonly OpenApproval[];
}

/**
 * Time that a worker and visibility may take to end an approval which is due. One that is overdue for less is counted, but
 * nothing is wrong with it yet.
 */
const CHANCE_MS = 30_000;

export const NO_APPROVALS: ApprovalsOfType = {
  open: { submitted: 0, acknowledged: 0, escalated: 0 },
  overdue: 0,
  oldestDueAtMs: undefined,
  lateApprovals: [],
  escalatedApprovals: [],
};

/** Time before which an approval of the task type was due if it is overdue now. */
export function approvalDeadline(config: ExporterConfig, taskType: string, nowMs: number): number {
  return nowMs - (config.taskTypes[taskType]?.approvalSlaMs ?? config.approvalSlaMs);
}

/**
 * Open approvals by task type; types without any are left out. Takes one Count and one List as long as one List holds
 * them all, else a Count and a List for each of the types given, and more only for types that do not fit a List.
 *
 * @throws ServiceError of a request
 */
export async function approvalsByType(
  visibility: Visibility,
  taskTypes: readonly string[],
  config: ExporterConfig,
  nowMs: number,
): Promise<ReadonlyMap<string, ApprovalsOfType>> {
  const { listLimit: limit } = config;
  const deadline = (taskType: string) => approvalDeadline(config, taskType, nowMs);
  const total = await visibility.count('approvals', approvalOpen());
  if (total === 0) return new Map();
  if (total <= limit) {
    const { approvals, more } = await listOpenApprovals(visibility, { limit });
    // Others may have been requested between the two requests.
    if (!more) return grouped(approvals, deadline);
  }
  const found = new Map<string, ApprovalsOfType>();
  for (const taskType of taskTypes) {
    const ofType = await approvalsOf(visibility, taskType, deadline(taskType), limit);
    if (ofType !== undefined) found.set(taskType, ofType);
  }
  return found;
}

function grouped(
  approvals: readonly OpenApproval[],
  deadline: (taskType: string) => number,
): ReadonlyMap<string, ApprovalsOfType> {
  const byType = new Map<string, OpenApproval[]>();
  for (const approval of approvals) {
    const { taskType } = approval;
    if (taskType === undefined) continue;
    const ofType = byType.get(taskType);
    if (ofType === undefined) byType.set(taskType, [approval]);
    else ofType.push(approval);
  }
  return new Map([...byType].map(([taskType, ofType]) => [taskType, summed(ofType, deadline(taskType))]));
}

async function approvalsOf(
  visibility: Visibility,
  taskType: string,
  deadlineMs: number,
  limit: number,
): Promise<ApprovalsOfType | undefined> {
  const count = await visibility.count('approvals', approvalOpen(taskType));
  if (count === 0) return undefined;
  if (count <= limit) {
    const { approvals, more } = await listOpenApprovals(visibility, { taskType, limit });
    if (!more) return summed(approvals, deadlineMs);
  }
  return counted(visibility, taskType, deadlineMs, limit);
}

/** All approvals of a type are at hand. */
function summed(approvals: readonly OpenApproval[], deadlineMs: number): ApprovalsOfType {
  const dueBefore = (ms: number) => approvals.filter(({ dueAtMs }) => dueAtMs !== undefined && dueAtMs < ms);
  const inState = (state: ApprovalOpenState) => approvals.filter((approval) => approval.state === state);
  const escalatedApprovals = inState('escalated');
  return {
    open: {
      submitted: inState('submitted').length,
      acknowledged: inState('acknowledged').length,
      escalated: escalatedApprovals.length,
    },
    overdue: dueBefore(deadlineMs).length,
    oldestDueAtMs: approvals.reduce<number | undefined>((oldest, { dueAtMs }) => earlier(oldest, dueAtMs), undefined),
    lateApprovals: dueBefore(deadlineMs - CHANCE_MS),
    escalatedApprovals,
  };
}

/** There are more than one List gives. */
async function counted(
  visibility: Visibility,
  taskType: string,
  deadlineMs: number,
  limit: number,
): Promise<ApprovalsOfType> {
  const open: Record<ApprovalOpenState, number> = { ...NO_APPROVALS.open };
  for (const state of APPROVAL_OPEN_STATES) {
    open[state] = await visibility.count('approvals', approvalOpen(taskType, [state]));
  }
  const dueBefore = (ms: number) => allOf(approvalOpen(taskType), approvalDueBefore(ms));
  const overdue = await visibility.count('approvals', dueBefore(deadlineMs));
  const {
    runs: [first],
  } = await earliestRuns(visibility, {
    query: 'approvals',
    before: dueBefore,
    timeOf: ({ approvalDueAtMs }) => approvalDueAtMs,
    nearMs: deadlineMs,
    wanted: 1,
    limit,
  });
  const list = async (condition: string) => {
    const { runs } = await visibility.list('approvals', condition, limit);
    return runs.flatMap((run) => readOpenApproval(run) ?? []);
  };
  return {
    open,
    overdue,
    oldestDueAtMs: first?.approvalDueAtMs,
    lateApprovals: overdue === 0 ? [] : await list(dueBefore(deadlineMs - CHANCE_MS)),
    escalatedApprovals: open.escalated === 0 ? [] : await list(approvalOpen(taskType, ['escalated'])),
  };
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
