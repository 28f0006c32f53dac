import { setTimeout as sleep } from 'node:timers/promises';

/** Most that is added to the time between two requests, so that replicas do not stay in step. */
const JITTER = 0.1;

/** Lets requests through one after the other, never more of them in any second than it was given. */
export class RateLimit {
  private readonly spacingMs: number;
  private nextAt = 0;

  constructor(perSecond: number) {
    this.spacingMs = 1000 / perSecond;
  }

  /** Settles when a request may be sent; rejects once the signal is aborted. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const now = performance.now();
    const at = Math.max(now, this.nextAt);
    this.nextAt = at + this.spacingMs * (1 + Math.random() * JITTER);
    if (at > now) await sleep(Math.ceil(at - now), undefined, { signal });
  }
}
