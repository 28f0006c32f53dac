import type { ActivityObservation } from '../observation';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';
import { failedAttempt } from './failed-attempt';
import { seconds } from './seconds';

/** Activities whose next attempt has a time to wait for; the oldest are forgotten first. */
const MAX_DUE = 1_000;

/** Milliseconds by which clocks and timers may differ. */
const TOLERANCE_MS = 50;

/** A time that a provider asked to wait for, by the clock of `performance`. */
interface Due {
  readonly failedMs: number;
  readonly retryAfterMs: number;
  readonly provider: string;
}

/**
 * `retry-after-ignored`: the next attempt of a model call begins in this process before the time that the provider asked
 * for. Attempts that another process gets are not seen.
 */
class IgnoredRetryAfters implements AttemptDetector, AttemptWatch {
  private readonly due = new Map<string, Due>();

  begin(attempt: WatchedAttempt): AttemptWatch {
    if (this.due.size > 0 && attempt.start.correlation.attempt > 1) this.compare(attempt);
    return this;
  }

  end(observation: ActivityObservation | undefined, attempt: WatchedAttempt): void {
    const { retryable, retryAfterMs = 0, provider = 'the provider' } = observation?.errorInfo ?? {};
    if (!retryable || retryAfterMs <= 0 || failedAttempt(observation, attempt)?.verdict !== 'retried') return;
    const key = keyOf(attempt);
    this.due.delete(key);
    this.due.set(key, { failedMs: performance.now(), retryAfterMs, provider });
    if (this.due.size <= MAX_DUE) return;
    const [oldest] = this.due.keys();
    if (oldest !== undefined) this.due.delete(oldest);
  }

  private compare(attempt: WatchedAttempt): void {
    const key = keyOf(attempt);
    const due = this.due.get(key);
    if (due === undefined) return;
    this.due.delete(key);
    const waitedMs = performance.now() - due.failedMs;
    if (waitedMs < due.retryAfterMs - TOLERANCE_MS) find(attempt, due, waitedMs);
  }
}

/** For all workers of the process: any of them may get the next attempt. */
export const retryAfterIgnored: AttemptDetector = new IgnoredRetryAfters();

function keyOf({ ctx: { info }, start: { correlation } }: WatchedAttempt): string {
  return `${info.activityRunId ?? correlation.runId} ${info.activityId}`;
}

function find(attempt: WatchedAttempt, { retryAfterMs, provider }: Due, waitedMs: number): void {
  const { activityType, attempt: number } = attempt.start.correlation;
  attempt.found({
    id: 'retry-after-ignored',
    message: `attempt ${number} of activity ${activityType} began ${seconds(waitedMs)} after a failure with which ${provider} asked to wait ${seconds(retryAfterMs)}`,
    cause: activityType,
    evidence: { activityType, attempt: number, provider, retryAfterMs, waitedMs: Math.round(waitedMs) },
  });
}
