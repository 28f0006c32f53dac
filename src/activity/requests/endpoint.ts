/**
 * One address of a model's API, as one attempt uses it.
 *
 * @module
 */

import type { EndpointKind } from './endpoint-kind';
import type { OutboundRequest, ResponseStatus } from './outbound-request';

/** Different requests of one address that failed and are remembered. */
const MAX_REMEMBERED = 100;

/** Statuses after which clients of providers repeat a request: timeout, conflict and rate limit, and all from 500 on. */
const REPEATED_STATUSES: ReadonlySet<number> = new Set([408, 409, 429]);

/** A request that failed, and those that repeat it. */
export interface Repeated {
  readonly host: string;
  requests: number;
  failures: number;
  /** Status of the last failure; `undefined` when the connection failed. */
  lastStatus: ResponseStatus;
  /** Failures after which it has not been sent again. */
  open: number;
}

export class Endpoint {
  private readonly open = { undici: 0, http: 0 };
  /** By size of the body. */
  private readonly failed = new Map<number | undefined, Repeated>();

  constructor(
    readonly kind: EndpointKind,
    readonly host: string,
  ) {}

  /** Whether a request stands on one of the other layer, which counts already. */
  isBelowAnother({ layer }: OutboundRequest): boolean {
    return this.open[layer === 'http' ? 'undici' : 'http'] > 0;
  }

  /**
   * A request is sent.
   *
   * @returns whether it repeats one that failed: bodies cannot be seen, but the next item of a list, or a fallback to
   *   another model, has another size.
   */
  begin({ layer, bodyBytes }: OutboundRequest): boolean {
    this.open[layer] += 1;
    const failed = this.failed.get(bodyBytes);
    if (failed === undefined || failed.open === 0) return false;
    failed.open -= 1;
    failed.requests += 1;
    return true;
  }

  end({ layer, bodyBytes }: OutboundRequest, isRepetition: boolean, status: ResponseStatus): void {
    this.open[layer] -= 1;
    if (status !== undefined && status < 500 && !REPEATED_STATUSES.has(status)) return;
    let failed = this.failed.get(bodyBytes);
    if (failed === undefined) {
      if (this.failed.size >= MAX_REMEMBERED) return;
      failed = { host: this.host, requests: 0, failures: 0, lastStatus: undefined, open: 0 };
      this.failed.set(bodyBytes, failed);
    }
    if (!isRepetition) failed.requests += 1;
    failed.failures += 1;
    failed.open += 1;
    failed.lastStatus = status;
  }

  /** Requests that were sent again. */
  repeated(): Repeated[] {
    return [...this.failed.values()].filter(({ failures, open }) => failures > open);
  }
}
