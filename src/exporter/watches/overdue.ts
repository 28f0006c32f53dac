import type { VisibleRun } from '../../client/visible-run';
import { ExpectedDurations } from '../expected';
import { countOverdue, type OverdueOfType, oldestFirst } from '../overdue';
import { taskStartMs } from '../task-start';
import type { Poll, Watch, WatchedNamespace } from '../watch';

/** How long tasks are expected to take, how many are over it, and since when. */
export class OverdueWatch implements Watch {
  readonly query = 'overdue';
  #last: ReadonlyMap<string, OverdueOfType> = new Map();

  private readonly expected: ExpectedDurations;

  constructor(private readonly watched: WatchedNamespace) {
    this.expected = new ExpectedDurations(watched.visibility, watched.config);
  }

  /** The agents that were overdue the longest at the last poll, the oldest first; of each type as many as may be described. */
  get oldest(): readonly VisibleRun[] {
    return oldestFirst([...this.#last.values()].flatMap(({ oldest }) => oldest));
  }

  async poll({ nowMs, taskTypes, running, attributes }: Poll): Promise<void> {
    const { visibility, config, metrics } = this.watched;
    const expectations = await this.expected.of(taskTypes, nowMs);
    const known = [...expectations].flatMap(([taskType, { source, ms }]) =>
      ms === undefined ? [] : [{ taskType, source, ms }],
    );
    const asked = known.filter(({ taskType }) => (running.get(taskType) ?? 0) > 0);
    // Less than a List gives, or no time may be found before which there are enough runs and not too many.
    const wanted = Math.max(1, Math.min(Math.floor(config.listLimit / 2), config.describeLimit));
    const overdue = await countOverdue(
      { visibility, attributes, nowMs, listLimit: config.listLimit },
      new Map(asked.map(({ taskType, ms }) => [taskType, ms])),
      wanted,
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
      [...overdue].flatMap(([task_type, { oldest }]) =>
        oldest.slice(0, 1).map((run) => ({ labels: { task_type }, value: taskStartMs(run) / 1000 })),
      ),
    );
  }
}
