import { defined } from '../../definitions/defined';
import { findOrphans, type Orphan } from '../orphans';
import { describeEnd } from '../parent-runs';
import type { Poll, Watch, WatchedNamespace } from '../watch';

/** Exports how many agents run although their parent is closed, and reports each. */
export class OrphansWatch implements Watch {
  readonly query = 'orphans';

  constructor(private readonly watched: WatchedNamespace) {}

  async poll(poll: Poll): Promise<void> {
    const orphans = await this.find(poll);
    const counts = new Map(poll.taskTypes.map((taskType) => [taskType, 0]));
    for (const { run } of orphans) {
      if (run.taskType !== undefined) counts.set(run.taskType, (counts.get(run.taskType) ?? 0) + 1);
    }
    const values = [...counts].map(([task_type, value]) => ({ labels: { task_type }, value }));
    this.watched.metrics.setAll('workflowsOrphaned', values);
    for (const orphan of orphans) this.report(orphan, poll.nowMs);
  }

  private async find({ nowMs, running }: Poll): Promise<readonly Orphan[]> {
    if ([...running.values()].every((count) => count === 0)) return [];
    const { listLimit: limit, describeLimit } = this.watched.config;
    return (await findOrphans(this.watched, { limit, describeLimit, nowMs })).orphans;
  }

  private report({ run, parentEnd }: Orphan, nowMs: number): void {
    const { found, config } = this.watched;
    const { workflowId, runId, workflowType, taskType, parent } = run;
    const { status, closedAtMs } = parentEnd;
    // When a parent closes, the server ends its other children, or asks them to end, and that takes a moment.
    if (closedAtMs !== undefined && nowMs - closedAtMs < config.pollIntervalMs) return;
    found({
      id: 'orphaned-agent',
      message: `the run goes on, although its parent ${parent.workflowId} ${describeEnd(parentEnd)}`,
      cause: workflowType,
      evidence: defined({
        parentWorkflowId: parent.workflowId,
        parentRunId: parent.runId,
        parentStatus: status,
        parentClosedAt: closedAtMs === undefined ? undefined : new Date(closedAtMs).toISOString(),
      }),
      workflowId,
      runId,
      workflowType,
      ...defined({ taskType }),
    });
  }
}
