/**
 * Findings from the requests that an attempt sends to models: `agent-loop-in-activity` and `sdk-retries-stacked`.
 *
 * @module
 */

import { followRequests, unfollowRequests } from '../outbound-requests';
import { endpointKind } from '../requests/endpoint-kind';
import type { OnResponse, OutboundRequest, RequestFollower } from '../requests/outbound-request';
import { type Repeated, RepeatedRequests } from '../requests/repeated-requests';
import { TurnChain } from '../requests/turn-chain';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

export const modelRequests: AttemptDetector = {
  begin(attempt) {
    const watch = new RequestWatch(attempt);
    followRequests(attempt.ctx, watch);
    return watch;
  },
};

/** Made for what most attempts are: without any request that matters. */
class RequestWatch implements AttemptWatch, RequestFollower {
  private requests: AttemptRequests | undefined;

  constructor(private readonly attempt: WatchedAttempt) {}

  begin(request: OutboundRequest): OnResponse | undefined {
    const kind = endpointKind(request);
    if (kind === 'plumbing') return undefined;
    // What an attempt does before its first request to a model concerns nobody.
    if (kind === 'other') return this.requests?.beginTool(request.host);
    this.requests ??= new AttemptRequests(this.attempt);
    return this.requests.begin(request, kind === 'model');
  }

  end(): void {
    unfollowRequests(this.attempt.ctx);
    this.requests?.end();
  }

  report(error: unknown): void {
    this.attempt.report('detector', error);
  }
}

/** Requests to models of one attempt, and what it did between them. */
class AttemptRequests {
  private readonly chain = new TurnChain();
  private readonly repeated = new RepeatedRequests();
  private readonly modelHosts = new Set<string>();
  /** Requests under way, so that one which passes through two layers counts once. */
  private readonly open = new Map<string, number>();
  private isOver = false;
  private isLoop = false;

  constructor(private readonly attempt: WatchedAttempt) {}

  begin(request: OutboundRequest, isTurn: boolean): OnResponse | undefined {
    const { layer, method, host, path } = request;
    const address = `${method} ${host}${path}`;
    if (this.open.has(`${layer === 'http' ? 'undici' : 'http'} ${address}`)) return undefined;
    const key = `${layer} ${address}`;
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
    if (isTurn) this.modelHosts.add(host);
    const place = this.chain.place();
    const entry = method === 'POST' ? this.repeated.begin(request) : undefined;
    return (status) => {
      this.close(key);
      if (this.isOver) return;
      if (entry !== undefined) this.repeated.end(entry, status);
      if (!isTurn || status === undefined || status >= 300) return;
      this.chain.modelAnswered(place);
      this.findLoop(host);
    };
  }

  /** A request to the host of a model may be about files or conversations there; it is no tool. */
  beginTool(host: string): OnResponse | undefined {
    if (this.modelHosts.has(host)) return undefined;
    const place = this.chain.place();
    return (status) => {
      if (status !== undefined) this.chain.toolAnswered(place);
    };
  }

  end(): void {
    this.isOver = true;
    const worst = this.repeated.worst();
    if (worst !== undefined) this.findRetries(worst);
  }

  private close(key: string): void {
    const left = (this.open.get(key) ?? 0) - 1;
    if (left > 0) this.open.set(key, left);
    else this.open.delete(key);
  }

  private findLoop(host: string): void {
    const { attempt, chain } = this;
    const { answered, turns, steps } = chain;
    if (this.isLoop || steps < attempt.thresholds.modelRequestsPerAttempt) return;
    this.isLoop = true;
    const { activityType, attempt: number } = attempt.start.correlation;
    const seconds = Math.round((Date.now() - attempt.start.startedAtMs) / 100) / 10;
    const tools = steps - turns;
    const between = tools > 0 ? ' and called other hosts in between' : '';
    attempt.found({
      id: 'agent-loop-in-activity',
      message: `attempt ${number} of activity ${activityType} made ${turns} model requests one after the other${between}; if it failed now, ${answered} answers and ${seconds} s would be lost`,
      cause: activityType,
      evidence: { attempt: number, host, modelRequests: answered, turns, toolSteps: tools, seconds },
    });
  }

  private findRetries({ host, requests, failures, lastStatus }: Repeated): void {
    const { attempt } = this;
    const { activityType, attempt: number } = attempt.start.correlation;
    // Nothing to stack on: where Temporal does not retry, the client may.
    if (attempt.ctx.info.retryPolicy?.maximumAttempts === 1) return;
    const last = lastStatus === undefined ? 'a failed connection' : `status ${lastStatus}`;
    attempt.found({
      id: 'sdk-retries-stacked',
      message: `attempt ${number} of activity ${activityType} sent the same request to ${host} ${requests} times, of which ${failures} failed, the last with ${last}`,
      cause: activityType,
      evidence: {
        attempt: number,
        host,
        requests,
        failures,
        ...(lastStatus !== undefined && { lastStatus }),
      },
    });
  }
}
