/**
 * Findings from the requests that an attempt sends to models: `agent-loop-in-activity` and `sdk-retries-stacked`.
 *
 * @module
 */

import { followRequests, unfollowRequests } from '../outbound-requests';
import { Endpoint, type Repeated } from '../requests/endpoint';
import { endpointKind } from '../requests/endpoint-kind';
import type { OnResponse, OutboundRequest, RequestFollower } from '../requests/outbound-request';
import { TurnChain } from '../requests/turn-chain';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

export const modelRequests: AttemptDetector = {
  begin(attempt) {
    const watch = new RequestWatch(attempt);
    followRequests(attempt.ctx, watch);
    return watch;
  },
};

/** Addresses of models that an attempt's requests are counted by; beyond that each request stands for itself. */
const MAX_ENDPOINTS = 100;

/** Most attempts send nothing to a model and have no more than this. */
class RequestWatch implements AttemptWatch, RequestFollower {
  private requests: AttemptRequests | undefined;

  constructor(private readonly attempt: WatchedAttempt) {}

  begin(request: OutboundRequest): OnResponse | undefined {
    const address = `${request.method} ${request.host}${request.path}`;
    const known = this.requests?.endpoint(address);
    if (known !== undefined) return this.requests?.begin(known, request);
    const kind = endpointKind(request);
    if (kind === 'plumbing') return undefined;
    // What an attempt does before its first request to a model concerns nobody.
    if (kind === 'other') return this.requests?.beginTool(request.host);
    if (request.method !== 'POST') return undefined;
    this.requests ??= new AttemptRequests(this.attempt);
    return this.requests.begin(this.requests.add(address, new Endpoint(kind, request.host)), request);
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
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly modelHosts = new Set<string>();
  private isOver = false;
  private isLoop = false;

  constructor(private readonly attempt: WatchedAttempt) {}

  endpoint(address: string): Endpoint | undefined {
    return this.endpoints.get(address);
  }

  add(address: string, endpoint: Endpoint): Endpoint {
    if (this.endpoints.size < MAX_ENDPOINTS) {
      this.endpoints.set(address, endpoint);
      if (endpoint.kind === 'model') this.modelHosts.add(endpoint.host);
    }
    return endpoint;
  }

  begin(endpoint: Endpoint, request: OutboundRequest): OnResponse | undefined {
    if (endpoint.isBelowAnother(request)) return undefined;
    const isRepetition = endpoint.begin(request);
    const place = this.chain.place();
    return (status) => {
      endpoint.end(request, isRepetition, status);
      if (this.isOver || endpoint.kind !== 'model' || status === undefined || status >= 300) return;
      this.chain.modelAnswered(place);
      this.findLoop(endpoint.host);
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
    let worst: Repeated | undefined;
    for (const endpoint of this.endpoints.values()) {
      for (const repeated of endpoint.repeated()) {
        if (repeated.failures > (worst?.failures ?? 0)) worst = repeated;
      }
    }
    if (worst !== undefined) this.findRetries(worst);
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
