/**
 * Which requests an attempt sent again after they had failed. A request is taken for another's repetition when method, host,
 * path and size of the body are the same: bodies cannot be seen, and the next item of a list or a fallback to another model
 * has another size.
 *
 * @module
 */

import type { OutboundRequest, ResponseStatus } from './outbound-request';

/** Different requests of one attempt that are remembered. */
const MAX_REMEMBERED = 100;

/** Statuses after which clients of providers repeat a request: timeout, conflict and rate limit, and all from 500 on. */
const REPEATED_STATUSES: ReadonlySet<number> = new Set([408, 409, 429]);

export interface Repeated {
  readonly host: string;
  /** How often the request was sent, all in all. */
  requests: number;
  failures: number;
  /** How often it was sent because it had failed. */
  repetitions: number;
  /** Status of the last failure; `undefined` when the connection failed. */
  lastStatus: ResponseStatus;
  /** Failures after which it has not been sent again. */
  open: number;
}

export class RepeatedRequests {
  private readonly sent = new Map<string, Repeated>();

  /** A request is sent. */
  begin({ method, host, path, bodyBytes }: OutboundRequest): Repeated | undefined {
    const key = `${method} ${host}${path} ${bodyBytes}`;
    let entry = this.sent.get(key);
    if (entry === undefined) {
      if (this.sent.size >= MAX_REMEMBERED) return undefined;
      entry = { host, requests: 0, failures: 0, repetitions: 0, lastStatus: undefined, open: 0 };
      this.sent.set(key, entry);
    }
    entry.requests += 1;
    if (entry.open > 0) {
      entry.open -= 1;
      entry.repetitions += 1;
    }
    return entry;
  }

  /** It ended. */
  end(entry: Repeated, status: ResponseStatus): void {
    if (status !== undefined && status < 500 && !REPEATED_STATUSES.has(status)) return;
    entry.failures += 1;
    entry.open += 1;
    entry.lastStatus = status;
  }

  /** The one that was repeated most often. */
  worst(): Repeated | undefined {
    let worst: Repeated | undefined;
    for (const entry of this.sent.values()) if (entry.repetitions > (worst?.repetitions ?? 0)) worst = entry;
    return worst;
  }
}
