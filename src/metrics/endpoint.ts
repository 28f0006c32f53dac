import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@temporalio/common';
import type { Registry } from 'prom-client';
import type { ReportError } from '../definitions/observer-parts';

/** How long to wait before a busy port is tried again, in milliseconds. */
const RETRY_MS = 15_000;

/** Whether one user of the endpoint is ready, and what there is to say about it. */
export interface Readiness {
  readonly ready: boolean;
  readonly lines: readonly string[];
}

/** What happens when the port cannot be opened. */
export type WhenPortBusy = 'retry' | 'fail';

/**
 * Serves `/metrics`, `/healthz` and, once somebody says when they are ready, `/readyz`. A port that cannot be opened is
 * reported and tried again for as long as the endpoint is in use, unless it shall fail; counting goes on meanwhile.
 * Neither the server nor the retries keep a process alive.
 */
export class MetricsEndpoint {
  /** Settles after the first attempt to listen; rejects only where a port that cannot be opened is a failure. */
  readonly ready: Promise<void>;
  readonly #registry: Registry;
  readonly #host: string;
  readonly #port: number;
  readonly #report: ReportError;
  readonly #logger: Logger;
  readonly #server: Server;
  readonly #whenBusy: WhenPortBusy;
  readonly #readiness = new Set<() => Readiness>();
  #failures = 0;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    registry: Registry,
    host: string,
    port: number,
    report: ReportError,
    logger: Logger,
    whenBusy: WhenPortBusy = 'retry',
  ) {
    this.#registry = registry;
    this.#host = host;
    this.#port = port;
    this.#report = report;
    this.#logger = logger;
    this.#whenBusy = whenBusy;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.unref();
    this.ready = new Promise((resolve, reject) => {
      this.#server.on('listening', () => {
        this.#listening();
        resolve();
      });
      this.#server.on('error', (error) => {
        if (this.#whenBusy === 'fail') {
          reject(new Error(`Metrics cannot be served on ${host}:${port}: ${error.message}`, { cause: error }));
          return;
        }
        this.#notListening(error);
        resolve();
      });
    });
    // Who does not wait for it does not want to know.
    this.ready.catch(() => undefined);
    this.#listen();
  }

  /** Where metrics are served, for example `http://127.0.0.1:9465/metrics`; `undefined` while they are not. */
  get address(): string | undefined {
    const bound = this.#server.address() as AddressInfo | null;
    if (bound === null) {
      return undefined;
    }
    const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
    return `http://${host}:${bound.port}/metrics`;
  }

  /** Lets `/readyz` ask this, until what is returned is called. It answers 200 when all who are asked are ready. */
  addReadiness(ask: () => Readiness): () => void {
    this.#readiness.add(ask);
    return () => void this.#readiness.delete(ask);
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Before the first attempt is over there is nothing yet that could be closed.
    await this.ready.catch(() => undefined);
    clearTimeout(this.#retry);
    if (this.#server.listening) {
      await new Promise<void>((resolve) => {
        this.#server.close(() => resolve());
        this.#server.closeAllConnections();
      });
    }
  }

  #listen(): void {
    if (!this.#closed && !this.#server.listening) {
      this.#server.listen({ host: this.#host, port: this.#port });
    }
  }

  #listening(): void {
    if (this.#closed) {
      this.#server.close();
      return;
    }
    this.#logger.info('Agent observability: metrics are served', { address: this.address });
    this.#failures = 0;
  }

  #notListening(error: Error): void {
    this.#retry = setTimeout(() => this.#listen(), RETRY_MS).unref();
    this.#failures += 1;
    if (this.#failures === 1) {
      this.#logger.warn(
        `Agent observability: metrics cannot be served on ${this.#host}:${this.#port}: ${error.message}. Set the plugin's metrics.port ` +
          `to a free port (0 picks one) or stop what uses it; trying again every ${RETRY_MS / 1000} s. Agents are not affected.`,
      );
      this.#report('metrics', error);
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { Allow: 'GET, HEAD' }).end();
        return;
      }
      switch (request.url?.split('?')[0]) {
        case '/metrics': {
          const body = await this.#registry.metrics();
          response.writeHead(200, { 'Content-Type': this.#registry.contentType }).end(body);
          return;
        }
        case '/healthz':
          response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok\n');
          return;
        case '/readyz':
          this.#serveReadiness(response);
          return;
        default:
          response.writeHead(404).end();
      }
    } catch (error) {
      this.#report('metrics', error);
      response.writeHead(500).end();
    }
  }

  #serveReadiness(response: ServerResponse): void {
    if (this.#readiness.size === 0) {
      response.writeHead(404).end();
      return;
    }
    const all = [...this.#readiness].map((ask) => ask());
    const isReady = all.every(({ ready }) => ready);
    const lines = [isReady ? 'ready' : 'not ready', ...all.flatMap((one) => one.lines)];
    response
      .writeHead(isReady ? 200 : 503, { 'Content-Type': 'text/plain; charset=utf-8' })
      .end(`${lines.join('\n')}\n`);
  }
}
