import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { GRPC, grpcCode } from '../client/grpc-status';
import type { ExporterQuery } from '../definitions/exporter-queries';
import type { NamespaceMetrics } from '../metrics';
import { RateLimit } from './rate-limit';
import { RequestFailed } from './request-failed';

/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 10_000;
/** Longest wait before a request is tried again, in milliseconds. */
const MAX_BACKOFF_MS = 10_000;

/** How often a request is sent in all, and how long to wait before the second time; each further wait is twice as long. */
const RETRIES = new Map<number | undefined, { readonly attempts: number; readonly firstWaitMs: number }>([
  [GRPC.resourceExhausted, { attempts: 5, firstWaitMs: 1000 }],
  [GRPC.unavailable, { attempts: 3, firstWaitMs: 250 }],
  [GRPC.deadlineExceeded, { attempts: 2, firstWaitMs: 250 }],
]);

/** The part of a connection that is needed; both `Connection` and `NativeConnection` have it. */
export type ExporterConnection = Pick<
  ConnectionLike,
  'workflowService' | 'operatorService' | 'withDeadline' | 'withAbortSignal'
>;

export interface RequestOptions {
  /** Most requests a second. */
  readonly requestsPerSecond: number;
  /** Where requests and failures are counted. */
  readonly metrics?: Pick<NamespaceMetrics, 'inc'> | undefined;
  /** Ends waiting and requests under way. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends requests to Temporal: so many a second, each for a bounded time, and again where that can help.
 *
 * A connection of a worker tries again by itself, unseen from here, though slower than once a second where the server asks
 * for less; one that was opened with the options of the exporter does not.
 */
export class TemporalRequests {
  private readonly limit: RateLimit;

  constructor(
    private readonly connection: ExporterConnection,
    private readonly options: RequestOptions,
  ) {
    this.limit = new RateLimit(options.requestsPerSecond);
  }

  /**
   * @param method name of the API method, for errors
   * @throws RequestFailed once trying again has not helped; the signal's reason when it is aborted
   */
  async send<T>(
    query: ExporterQuery,
    method: string,
    request: (connection: ExporterConnection) => Promise<T>,
  ): Promise<T> {
    const { metrics, signal } = this.options;
    for (let attempt = 1; ; attempt++) {
      await this.limit.take(signal);
      metrics?.inc('exporterRequests', { query });
      try {
        return await this.once(request);
      } catch (error) {
        signal?.throwIfAborted();
        const failed = new RequestFailed(query, method, error);
        if (failed.isCounted) metrics?.inc('exporterErrors', { query });
        const waitMs = waitBeforeNext(error, attempt);
        if (waitMs === undefined) throw failed;
        await sleep(waitMs, undefined, { signal });
      }
    }
  }

  /** A connection that cannot take back a request (NativeConnection) is not waited for once the signal is aborted. */
  private once<T>(request: (connection: ExporterConnection) => Promise<T>): Promise<T> {
    const { connection } = this;
    const { signal } = this.options;
    return new Promise<T>((resolve, reject) => {
      // One of its own for each request: the SDK never takes its listeners off a signal.
      const abort = new AbortController();
      const stop = () => {
        abort.abort();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop);
      connection
        .withAbortSignal(abort.signal, () =>
          connection.withDeadline(Date.now() + REQUEST_MS, () => request(connection)),
        )
        .then(resolve, reject)
        .finally(() => signal?.removeEventListener('abort', stop));
    });
  }
}

function waitBeforeNext(error: unknown, attempt: number): number | undefined {
  const retry = RETRIES.get(grpcCode(error));
  if (retry === undefined || attempt >= retry.attempts) return undefined;
  const waitMs = Math.min(retry.firstWaitMs * 2 ** (attempt - 1), MAX_BACKOFF_MS);
  return waitMs * (1 + Math.random() / 2);
}
