import { ExpectedDurations } from '../expected';
import { countOverdue, type OverdueOfType } from '../overdue';
import type { Poll, Watch, WatchedNamespace } from '../watch';

/** How long tasks are expected to take, how many are over it, and since when. */
export class OverdueWatch implements Watch {
  readonly query = 'overdue';
  #last: ReadonlyMap<string, OverdueOfType> = new Map();

  constructor(
    private readonly watched: WatchedNamespace,
    private readonly expected = new ExpectedDurations(watched.visibility, watched.config),
  ) {}

  async poll({ nowMs, taskTypes, running, attributes }: Poll): Promise<void> {
    const { visibility, config, metrics } = this.watched;
    const expectations = await this.expected.of(taskTypes, nowMs);
    const known = [...expectations].flatMap(([taskType, { source, ms }]) =>
      ms === undefined ? [] : [{ taskType, source, ms }],
    );
    const asked = known.filter(({ taskType }) => (running.get(taskType) ?? 0) > 0);
    const overdue = await countOverdue(
      { visibility, attributes, nowMs, listLimit: config.listLimit },
      new Map(asked.map(({ taskType, ms }) => [taskType, ms])),
      this.#last,
    );
    this.#last = overdue;

    metrics.setAll(
      'workflowExpected',
      known.map(({ taskType, source, ms }) => ({ labels: { task_type: taskType, source }, value: ms / 1000 })),
    );
    metrics.setAll(
      'workflowsOverdue',
      known.map(({ taskType }) => ({ labels: { task_type: taskType }, value: overdue.get(taskType)?.count ?? 0 })),
    );
    metrics.setAll(
      'workflowOldestOverdueStart',
      [...overdue].flatMap(([taskType, { oldestStartMs }]) =>
        oldestStartMs === undefined ? [] : [{ labels: { task_type: taskType }, value: oldestStartMs / 1000 }],
      ),
    );
  }
}
