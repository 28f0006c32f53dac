import type { ActivityObservation } from '../observation';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';
import { seconds } from './seconds';

/**
 * `llm-call-duplicated`: a new attempt of a model call begins while an earlier one still runs in this process.
 *
 * An earlier attempt whose cancellation was delivered is on its way out, and left to `cancel-ignored`.
 */
class DuplicatedCalls implements AttemptDetector, AttemptWatch {
  /** Those that end leave it, and how many run at once is bounded by the worker. */
  private readonly running = new Set<WatchedAttempt>();
  /** Begun beside an earlier one, by attempts of which only the result will tell whether they are model calls. */
  private readonly undecided = new WeakMap<WatchedAttempt, Overlap>();

  begin(attempt: WatchedAttempt): AttemptWatch {
    if (attempt.start.correlation.attempt > 1) this.compare(attempt);
    this.running.add(attempt);
    return this;
  }

  end(observation: ActivityObservation | undefined, attempt: WatchedAttempt): void {
    this.running.delete(attempt);
    if (attempt.start.correlation.attempt === 1) return;
    const overlap = this.undecided.get(attempt);
    if (overlap !== undefined && observation?.kind === 'llm') find(attempt, overlap);
  }

  private compare(attempt: WatchedAttempt): void {
    for (const earlier of this.running) {
      if (!isEarlierOf(earlier, attempt) || earlier.ctx.cancellationSignal.aborted) continue;
      const runningMs = Date.now() - earlier.start.startedAtMs;
      const overlap = { attempt: earlier.start.correlation.attempt, runningMs };
      if (earlier.start.expected === 'llm' || attempt.start.expected === 'llm') find(attempt, overlap);
      else this.undecided.set(attempt, overlap);
      return;
    }
  }
}

/** For all workers of the process: any of them may get the next attempt. */
export const llmCallDuplicated: AttemptDetector = new DuplicatedCalls();

interface Overlap {
  readonly attempt: number;
  readonly runningMs: number;
}

function isEarlierOf(one: WatchedAttempt, other: WatchedAttempt): boolean {
  const a = one.ctx.info;
  const b = other.ctx.info;
  return (
    a.activityId === b.activityId &&
    a.attempt < b.attempt &&
    a.workflowExecution?.runId === b.workflowExecution?.runId &&
    a.activityRunId === b.activityRunId &&
    one.start.correlation.namespace === other.start.correlation.namespace
  );
}

function find(attempt: WatchedAttempt, earlier: Overlap): void {
  const { activityType, attempt: number } = attempt.start.correlation;
  attempt.found({
    id: 'llm-call-duplicated',
    message: `attempt ${number} of activity ${activityType} began while attempt ${earlier.attempt} still ran, ${seconds(earlier.runningMs)} after that one began`,
    cause: activityType,
    evidence: { activityType, attempt: number, runningAttempt: earlier.attempt, runningMs: earlier.runningMs },
  });
}
