import { allOf, quoteTime } from '../../client/visibility-query';
import { settledMs } from '../settled';
import { taskStartMs } from '../task-start';
import type { Poll, Watch, WatchedNamespace } from '../watch';

/** How long runs took that closed since the last poll, and what they used. */
export class ClosedWatch implements Watch {
  readonly query = 'closed';
  /** Up to here closed runs were observed; what closed before the first poll is left out. */
  #untilMs: number | undefined;

  constructor(private readonly watched: WatchedNamespace) {}

  async poll({ nowMs }: Poll): Promise<void> {
    const { visibility, config, metrics } = this.watched;
    const untilMs = settledMs(nowMs);
    const fromMs = this.#untilMs ?? untilMs;
    if (fromMs < untilMs) {
      // A task that continued as new has not ended.
      const condition = allOf(
        'AgentTaskType IS NOT NULL',
        "ExecutionStatus != 'ContinuedAsNew'",
        `CloseTime > ${quoteTime(fromMs)}`,
        `CloseTime <= ${quoteTime(untilMs)}`,
      );
      const { runs } = await visibility.list('closed', condition, config.listLimit);
      for (const run of runs) {
        const { taskType, closedAtMs, iteration, tokens } = run;
        if (taskType === undefined || closedAtMs === undefined) continue;
        const labels = { task_type: taskType };
        metrics.observe('workflowDuration', labels, Math.max(0, closedAtMs - taskStartMs(run)) / 1000);
        if (iteration !== undefined) metrics.observe('workflowIterations', labels, iteration);
        if (tokens !== undefined) metrics.observe('workflowTokens', labels, tokens);
      }
    }
    // A clock that was set back must not have a run observed twice.
    this.#untilMs = Math.max(fromMs, untilMs);
  }
}
