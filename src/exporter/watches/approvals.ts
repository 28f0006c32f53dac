/**
 * Approvals that wait for a decision, and those that wait for too long. A worker would forget them when it restarts, and
 * where none runs, nothing but visibility knows of them.
 *
 * @module
 */

import { APPROVAL_OPEN_STATES } from '../../definitions/approvals';
import { approvalEscalated, approvalOverdue } from '../approval-findings';
import { type ApprovalsOfType, approvalsByType, NO_APPROVALS } from '../approvals-of-type';
import type { Poll, Watch, WatchedNamespace } from '../watch';

export class ApprovalsWatch implements Watch {
  readonly query = 'approvals';

  constructor(private readonly watched: WatchedNamespace) {}

  async poll({ nowMs, running, attributes }: Poll): Promise<void> {
    // One cannot be asked without the other: a query that names an attribute which is not there is refused.
    if (!attributes.has('AgentApprovalState') || !attributes.has('AgentApprovalDueAt')) {
      this.#set(new Map());
      return;
    }
    const { visibility, config } = this.watched;
    const runningTypes = [...running].filter(([, runs]) => runs > 0).map(([taskType]) => taskType);
    const byType = await approvalsByType(visibility, runningTypes, config, nowMs);
    // Zeros, so that alerts end when the last approval is decided.
    this.#set(new Map([...runningTypes.map((taskType) => [taskType, NO_APPROVALS] as const), ...byType]));
    for (const { lateApprovals, escalatedApprovals } of byType.values()) {
      for (const approval of lateApprovals) this.watched.found(approvalOverdue(approval, nowMs));
      for (const approval of escalatedApprovals) this.watched.found(approvalEscalated(approval, nowMs));
    }
  }

  #set(byType: ReadonlyMap<string, ApprovalsOfType>): void {
    const { metrics } = this.watched;
    const types = [...byType].map(([task_type, ofType]) => ({ task_type, ...ofType }));
    metrics.setAll(
      'approvalsOpen',
      types.flatMap(({ task_type, open }) =>
        APPROVAL_OPEN_STATES.map((state) => ({ labels: { task_type, state }, value: open[state] })),
      ),
    );
    metrics.setAll(
      'approvalsOverdue',
      types.map(({ task_type, overdue }) => ({ labels: { task_type }, value: overdue })),
    );
    metrics.setAll(
      'approvalOldestDue',
      types.flatMap(({ task_type, oldestDueAtMs }) =>
        oldestDueAtMs === undefined ? [] : [{ labels: { task_type }, value: oldestDueAtMs / 1000 }],
      ),
    );
  }
}
