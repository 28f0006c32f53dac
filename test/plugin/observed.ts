/**
 * A plugin whose effects can be counted, and workers that run it on the shared server.
 *
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from '@temporalio/common';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { type AgentObservabilityOptions, AgentObservabilityPlugin } from 'temporal-agent-observability';
import { LocalDirectoryStore, type RunRecords, readRun } from 'temporal-agent-observability/content';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly meta: Readonly<Record<string, unknown>>;
}

/** A logger that keeps its lines. */
export function collectingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log: Logger['log'] = (level, message, meta) => {
    lines.push({ level, message, meta: { ...meta } });
  };
  return {
    lines,
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}

const INTERNAL_ERROR = 'Agent observability: internal error, the agent is not affected';

/** Options and what they lead to. */
export class Effects {
  readonly registry = new Registry();
  readonly logger = collectingLogger();
  readonly directory = mkdtempSync(path.join(tmpdir(), 'agent-effects-'));

  /** Options under which everything that the plugin does ends up here. */
  options(more: AgentObservabilityOptions = {}): AgentObservabilityOptions {
    return { metrics: { registry: this.registry }, content: this.directory, logger: this.logger, ...more };
  }

  plugin(more: AgentObservabilityOptions = {}): AgentObservabilityPlugin {
    return new AgentObservabilityPlugin(this.options(more));
  }

  /** Sum of a metric's samples with these labels; a histogram is asked for as `<name>_count`. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    const samples = (await this.registry.metrics())
      .split('\n')
      .filter((line) => line.startsWith(`temporal_agent_${name}{`) && wanted.every((pair) => line.includes(pair)));
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** Errors of the observer by part, without those that did not happen. */
  async observerErrors(): Promise<Record<string, number>> {
    const lines = (await this.registry.metrics()).split('\n');
    const counts = lines.flatMap((line) => {
      const match = /^temporal_agent_observer_errors_total\{.*part="(\w+)".*\} (\d+)$/.exec(line);
      return match?.[1] !== undefined && match[2] !== '0' ? [[match[1], Number(match[2])] as const] : [];
    });
    return Object.fromEntries(counts);
  }

  /** What was logged about errors of the observer. */
  get internalErrors(): LogLine['meta'][] {
    return this.logger.lines.filter(({ message }) => message === INTERNAL_ERROR).map(({ meta }) => meta);
  }

  /** What was logged about findings with this id. */
  findings(id: string): LogLine['meta'][] {
    return this.logger.lines.filter(({ meta }) => meta.finding === id).map(({ meta }) => meta);
  }

  records(namespace: string, workflowId: string): Promise<RunRecords> {
    return readRun(new LocalDirectoryStore({ directory: this.directory }), namespace, workflowId);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Connections to the shared server, for one namespace. */
export class Server {
  private constructor(
    readonly address: string,
    readonly namespace: string,
    readonly native: NativeConnection,
    readonly client: Client,
  ) {}

  static async connect(address: string, namespace: string): Promise<Server> {
    const native = await NativeConnection.connect({ address });
    const client = new Client({ connection: await Connection.connect({ address }), namespace });
    return new Server(address, namespace, native, client);
  }

  /** A client of its own, with plugins. */
  clientWith(...plugins: AgentObservabilityPlugin[]): Client {
    return new Client({ connection: this.client.connection, namespace: this.namespace, plugins });
  }

  worker(options: Partial<WorkerOptions> & Pick<WorkerOptions, 'taskQueue'>): Promise<Worker> {
    return Worker.create({ connection: this.native, namespace: this.namespace, ...options });
  }

  /** Runs a worker for as long as `use` takes. */
  async during<T>(
    options: Partial<WorkerOptions> & Pick<WorkerOptions, 'taskQueue'>,
    use: (worker: Worker) => Promise<T>,
  ): Promise<T> {
    const worker = await this.worker(options);
    return worker.runUntil(() => use(worker));
  }

  async close(): Promise<void> {
    await this.client.connection.close();
    await this.native.close();
  }
}
