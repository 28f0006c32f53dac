import type { ActivityCancellationDetails } from '@temporalio/common';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';
import { seconds } from './seconds';

/** Looks at the running attempts in the time that a cancellation may take. */
const SWEEPS = 10;

/** Longer timers would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * `cancel-ignored`: an attempt that still runs when `cancelIgnoredMs` have gone by since its cancellation was delivered:
 * its workflow asked for it, or the server gave it up (closed workflow, timeout).
 *
 * Not when the worker shuts down, for that is nobody's wish to end the work, and not for a pause or a reset, during which
 * an attempt may come to its end. Temporal delivers a cancellation to those alone who heartbeat, to local activities, and
 * some seconds after a timeout to all.
 *
 * A listener on every signal would cost as much as a span; one timer that looks at all costs next to nothing.
 */
export class CancelIgnored implements AttemptDetector, AttemptWatch {
  private readonly running = new Set<WatchedAttempt>();
  /** How often each of these was seen running with its cancellation delivered. */
  private readonly cancelled = new Map<WatchedAttempt, number>();
  private timer: NodeJS.Timeout | undefined;

  begin(attempt: WatchedAttempt): AttemptWatch {
    this.running.add(attempt);
    this.timer ??= setInterval(() => this.sweep(), sweepMs(attempt)).unref();
    return this;
  }

  end(_observation: unknown, attempt: WatchedAttempt): void {
    this.running.delete(attempt);
    if (this.cancelled.size > 0) this.cancelled.delete(attempt);
  }

  private sweep(): void {
    for (const attempt of this.running) {
      try {
        this.look(attempt);
      } catch (error) {
        this.running.delete(attempt);
        attempt.report('detector', error);
      }
    }
    if (this.running.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(attempt: WatchedAttempt): void {
    const { ctx } = attempt;
    if (!ctx.cancellationSignal.aborted) return;
    const reason = reasonOf(ctx.cancellationDetails);
    // Sweeps are counted, not time: while the event loop is blocked, no attempt can end.
    const seen = this.cancelled.get(attempt) ?? 0;
    if (reason !== undefined && seen < SWEEPS) {
      this.cancelled.set(attempt, seen + 1);
      return;
    }
    this.end(undefined, attempt);
    if (reason !== undefined) find(attempt, reason);
  }
}

function sweepMs({ thresholds }: WatchedAttempt): number {
  return Math.min(Math.ceil(thresholds.cancelIgnoredMs / SWEEPS), MAX_TIMER_MS);
}

type Reason = 'cancelled' | 'timed out' | 'not found';

function reasonOf(details: ActivityCancellationDetails | undefined): Reason | undefined {
  if (details?.cancelRequested) return 'cancelled';
  if (details?.timedOut) return 'timed out';
  return details?.notFound ? 'not found' : undefined;
}

/** What each reason means to who reads it. */
const MEANING: Readonly<Record<Reason, string>> = {
  cancelled: 'its workflow cancelled it',
  'timed out': 'the server gave it up at a timeout',
  'not found': 'the server does not wait for it any more',
};

function find(attempt: WatchedAttempt, reason: Reason): void {
  const { activityType, attempt: number } = attempt.start.correlation;
  const { cancelIgnoredMs } = attempt.thresholds;
  attempt.found({
    id: 'cancel-ignored',
    message: `attempt ${number} of activity ${activityType} still runs ${seconds(cancelIgnoredMs)} after its cancellation was delivered: ${MEANING[reason]}`,
    cause: activityType,
    evidence: { activityType, attempt: number, reason, cancelIgnoredMs },
  });
}
