import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@temporalio/common';
import type { Registry } from 'prom-client';
import type { ReportError } from '../definitions/observer-parts';

/** How long to wait before a busy port is tried again, in milliseconds. */
const RETRY_MS = 15_000;

/**
 * Serves `/metrics` and `/healthz`, and `/readyz` for who says when it is ready. A port that cannot be opened is reported and tried again for as long as the
 * endpoint is in use; counting goes on meanwhile. Neither the server nor the retries keep a process alive.
 */
export class MetricsEndpoint {
  /** Settles after the first attempt to listen, whatever came of it. */
  readonly ready: Promise<void>;
  readonly #registry: Registry;
  readonly #host: string;
  readonly #port: number;
  readonly #report: ReportError;
  readonly #logger: Logger;
  readonly #server: Server;
  #failures = 0;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;
  /** Says what is missing, or nothing when all is well. */
  #unready: (() => string | undefined) | undefined;

  constructor(registry: Registry, host: string, port: number, report: ReportError, logger: Logger) {
    this.#registry = registry;
    this.#host = host;
    this.#port = port;
    this.#report = report;
    this.#logger = logger;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.unref();
    this.ready = new Promise((resolve) => {
      this.#server.on('listening', () => {
        this.#listening();
        resolve();
      });
      this.#server.on('error', (error) => {
        this.#notListening(error);
        resolve();
      });
    });
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

  /** From now on `/readyz` answers 200 while this gives nothing, and 503 with what it gives otherwise. */
  readyWhen(unready: () => string | undefined): void {
    this.#unready = unready;
  }

  async close(): Promise<void> {
    this.#closed = true;
    // Before the first attempt is over there is nothing yet that could be closed.
    await this.ready;
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
        case '/readyz': {
          if (this.#unready === undefined) break;
          const missing = this.#unready();
          response.writeHead(missing === undefined ? 200 : 503, { 'Content-Type': 'text/plain' });
          response.end(`${missing ?? 'ok'}\n`);
          return;
        }
      }
      response.writeHead(404).end();
    } catch (error) {
      this.#report('metrics', error);
      response.writeHead(500).end();
    }
  }
}
