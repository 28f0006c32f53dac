import type { Context } from '@temporalio/activity';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';
import { seconds } from './seconds';

/** Share of the timeout that is waited for a first heartbeat beyond what the threshold says: timers are never exact. */
const LENIENCE = 0.05;

/** Longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * `heartbeat-silent`: an attempt with a heartbeat timeout that stays silent for too large a share of it, or was silent
 * for longer than all of it while something blocked the event loop.
 *
 * No hook exists for heartbeats, so `ctx.heartbeat` is wrapped. Heartbeats that go past it, through a client and the
 * task token for example, are not seen.
 */
export const heartbeatSilent: AttemptDetector = {
  begin(attempt) {
    const { heartbeatTimeoutMs = 0, isLocal } = attempt.ctx.info;
    // Heartbeats of local activities have no effect; and an absent timeout can arrive as 0.
    return heartbeatTimeoutMs > 0 && !isLocal ? new HeartbeatWatch(attempt, heartbeatTimeoutMs) : undefined;
  },
};

class HeartbeatWatch implements AttemptWatch {
  private beats = 0;
  private lastMs = performance.now();
  private isOver = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly attempt: WatchedAttempt,
    private readonly timeoutMs: number,
  ) {
    const ctx = attempt.ctx as { heartbeat: Context['heartbeat'] };
    const { heartbeat } = ctx;
    ctx.heartbeat = (details) => {
      this.beat();
      return heartbeat.call(ctx, details);
    };
    this.wait(this.allowedMs);
  }

  end(): void {
    // What kept the event loop busy until now kept the timer from firing too.
    if (this.silentMs > this.timeoutMs) this.findBlocked();
    this.stop();
  }

  private get silentMs(): number {
    return performance.now() - this.lastMs;
  }

  /**
   * Who heartbeats at an interval of half the timeout is safe, and who has not begun by then mostly never does. The SDK
   * itself holds heartbeats back for up to 80 % of the timeout.
   */
  private get allowedMs(): number {
    const share = this.attempt.thresholds.heartbeatSilentShare;
    return this.timeoutMs * Math.min(1, this.beats === 0 ? share + LENIENCE : (share + 1) / 2);
  }

  /** Runs inside the activity: nothing may come out of it. */
  private beat(): void {
    if (this.isOver) return;
    try {
      if (this.silentMs > this.timeoutMs) this.findBlocked();
    } catch (error) {
      this.attempt.report('detector', error);
    }
    this.beats++;
    this.lastMs = performance.now();
  }

  private wait(milliseconds: number): void {
    this.timer = setTimeout(() => this.check(), Math.min(milliseconds, MAX_TIMER_MS)).unref();
  }

  private check(): void {
    if (this.isOver) return;
    const leftMs = this.allowedMs - this.silentMs;
    if (leftMs > 0) this.wait(leftMs);
    // After a pause of the event loop all timers are due at once, and that of a heartbeat may come behind this one.
    else setImmediate(() => this.judge()).unref();
  }

  private judge(): void {
    if (this.isOver) return;
    try {
      // Whom nobody waits for any more need not heartbeat.
      if (this.attempt.ctx.cancellationSignal.aborted) this.stop();
      else if (this.silentMs < this.allowedMs) this.wait(this.allowedMs - this.silentMs);
      else this.findSilent();
    } catch (error) {
      this.attempt.report('detector', error);
    }
  }

  private findSilent(): void {
    const { beats } = this;
    const sent = beats === 0 ? 'sent no heartbeat' : `sent ${beats} heartbeats and then none`;
    this.find(`${sent} for ${seconds(this.silentMs)} of its heartbeat timeout of ${seconds(this.timeoutMs)}`, false);
  }

  /** With the event loop free, the timer would have come first. */
  private findBlocked(): void {
    const { isOver, attempt } = this;
    if (isOver || attempt.ctx.cancellationSignal.aborted) return;
    const silent = `sent no heartbeat for ${seconds(this.silentMs)}, longer than its heartbeat timeout of ${seconds(this.timeoutMs)}`;
    this.find(`${silent}: the event loop was blocked, by synchronous code or by replay after a restart`, true);
  }

  private find(what: string, eventLoopBlocked: boolean): void {
    this.stop();
    const { activityType, attempt } = this.attempt.start.correlation;
    this.attempt.found({
      id: 'heartbeat-silent',
      message: `attempt ${attempt} of activity ${activityType} ${what}`,
      cause: activityType,
      evidence: {
        activityType,
        attempt,
        heartbeats: this.beats,
        silentMs: Math.round(this.silentMs),
        heartbeatTimeoutMs: this.timeoutMs,
        eventLoopBlocked,
        processUptimeMs: Math.round(performance.now()),
      },
    });
  }

  private stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }
}
