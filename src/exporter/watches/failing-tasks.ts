/**
 * Agents that stand still because their workflow task fails again and again.
 *
 * @module
 */

import { GRPC, grpcCode } from '../../client/grpc-status';
import type { VisibleRun } from '../../client/visible-run';
import { type FailingRuns, NO_FAILING_RUNS, reportedFailingRuns } from '../reported-failing-runs';
import { sampledFailingRuns } from '../sampled-failing-runs';
import { errorName, lastTaskFailure, taskFailureFinding } from '../task-failure';
import type { Poll, Watch, WatchedNamespace } from '../watch';
import type { OverdueWatch } from './overdue';

/** How long a server that does not report failing tasks is not asked again; it may be upgraded meanwhile. */
const ASK_AGAIN_MS = 10 * 60_000;
/** Events that are read for the last failure; what other events follow it are messages to the run. */
const EVENTS = 50;

export class FailingTasksWatch implements Watch {
  readonly query = 'failing_tasks';
  #unreportedUntilMs = 0;
  #oldestBeforeMs: number | undefined;
  /** Runs whose failure has been read, as long as they fail. */
  readonly #explained = new Set<string>();

  constructor(
    private readonly watched: WatchedNamespace,
    /** Its runs are looked at first where the server does not report what fails; it is polled before. */
    private readonly overdue: Pick<OverdueWatch, 'oldest'>,
  ) {}

  async poll(poll: Poll): Promise<void> {
    const taskTypes = [...poll.running].filter(([, runs]) => runs > 0).map(([taskType]) => taskType);
    const failing = taskTypes.length === 0 ? NO_FAILING_RUNS : await this.#failing(taskTypes, poll);
    if (failing === undefined) {
      this.watched.metrics.setAll('workflowTasksFailing', []);
      return;
    }
    const { counts, runs } = failing;
    this.watched.metrics.setAll(
      'workflowTasksFailing',
      [...new Set([...taskTypes, ...counts.keys()])].map((task_type) => ({
        labels: { task_type },
        value: counts.get(task_type) ?? 0,
      })),
    );
    await this.#explain(runs);
  }

  /** `undefined` where that is not known. */
  async #failing(taskTypes: readonly string[], poll: Poll): Promise<FailingRuns | undefined> {
    const { nowMs } = poll;
    const { visibility, config } = this.watched;
    if (nowMs >= this.#unreportedUntilMs) {
      try {
        return await reportedFailingRuns(visibility, taskTypes, config.listLimit);
      } catch (error) {
        if (grpcCode(error) !== GRPC.invalidArgument) throw error;
        this.#unreportedUntilMs = nowMs + ASK_AGAIN_MS;
      }
    }
    if (config.describeLimit === 0) return undefined;
    const sampled = await sampledFailingRuns(this.watched, poll, this.overdue.oldest, this.#oldestBeforeMs);
    this.#oldestBeforeMs = sampled.oldestBeforeMs;
    return sampled;
  }

  /** Reads why runs fail, of so many with each poll, and of each once. */
  async #explain(runs: readonly VisibleRun[]): Promise<void> {
    const failing = new Set(runs.map(({ runId }) => runId));
    for (const runId of this.#explained) if (!failing.has(runId)) this.#explained.delete(runId);
    const unexplained = runs.filter(({ runId }) => !this.#explained.has(runId));
    for (const run of unexplained.slice(0, this.watched.config.describeLimit)) {
      await this.#explainRun(run);
      this.#explained.add(run.runId);
    }
  }

  async #explainRun(run: VisibleRun): Promise<void> {
    const { describer, logger } = this.watched;
    try {
      const failure = lastTaskFailure(await describer.lastEvents('failing_tasks', run, EVENTS));
      const finding = failure && taskFailureFinding(run, failure);
      if (finding !== undefined) {
        this.watched.found(finding);
        return;
      }
      const { workflowType, workflowId, runId, taskQueue } = run;
      // Not the message: what an application throws may quote what a model or a tool said.
      logger.warn('Agent observability: the workflow task of an agent fails again and again', {
        workflowType,
        workflowId,
        runId,
        taskQueue,
        error: failure === undefined ? 'timed out, or not among the last events' : (errorName(failure) ?? 'unknown'),
        hint: 'The last WorkflowTaskFailed event of its history says why.',
      });
    } catch (error) {
      if (grpcCode(error) !== GRPC.notFound) throw error;
    }
  }
}
