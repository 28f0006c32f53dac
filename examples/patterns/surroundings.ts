import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type Logger, NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { Registry } from 'prom-client';
import { AgentObservabilityPlugin } from 'temporal-agent-observability';
import { startProviderServer } from '../provider-server';
import { FindingLog } from './finding-log';
import type { ModelSettings } from './models';
import type { ExampleAgent, PatternExample } from './pattern-example';

export interface RunOptions {
  /** Host and port of Temporal. */
  readonly address: string;
  /** @default 'default' */
  readonly namespace?: string;
  /** Where records and contents go; a temporary directory, removed at the end, when left out. */
  readonly contentDirectory?: string;
  /** For what is no finding. */
  readonly logger: Logger;
  /**
   * Runs that the worker keeps in memory; with 0 it replays history for each task.
   *
   * @default Temporal's
   */
  readonly maxCachedWorkflows?: number;
  /** Serves the worker's metrics on this port, for a Prometheus. */
  readonly metricsPort?: number;
  /** @default '127.0.0.1' */
  readonly metricsHost?: string;
  /** Called when the agent has shown what it is to show, while its worker runs and until this resolves. */
  readonly shown?: (workflowId: string) => Promise<void>;
}

/** What one agent runs in: nothing of it is shared with another, so that findings cannot be mixed up. */
export interface Surroundings {
  readonly client: Client;
  readonly plugin: AgentObservabilityPlugin;
  /** All but the workflow code. */
  readonly worker: WorkerOptions;
  readonly log: FindingLog;
  /** Errors inside the observer so far; 0 where metrics are served, for Prometheus has an alert on them. */
  internalErrors(): Promise<number>;
}

/** @param cleanups - called in reverse order when the agent is done, also when this rejects */
export async function openSurroundings(
  { thresholds }: PatternExample,
  agent: ExampleAgent,
  taskQueue: string,
  options: RunOptions,
  cleanups: (() => Promise<unknown>)[],
): Promise<Surroundings> {
  const { address, namespace = 'default', contentDirectory, logger, maxCachedWorkflows, metricsPort } = options;
  const { metricsHost = '127.0.0.1' } = options;
  const temporary = await mkdtemp(path.join(tmpdir(), 'agent-patterns-'));
  cleanups.push(() => rm(temporary, { recursive: true, force: true }));
  const provider = await startProviderServer();
  cleanups.push(() => provider.close());
  const connection = await NativeConnection.connect({ address });
  cleanups.push(() => connection.close());
  const clientConnection = await Connection.connect({ address });
  cleanups.push(() => clientConnection.close());

  const log = new FindingLog(logger);
  const registry = new Registry();
  const plugin = new AgentObservabilityPlugin({
    content: contentDirectory ?? path.join(temporary, 'records'),
    metrics: metricsPort === undefined ? { registry } : { host: metricsHost, port: metricsPort },
    logger: log,
    ...(thresholds && { thresholds }),
  });
  const dataConverter = agent.dataConverter?.(path.join(temporary, 'payloads'));
  const common = { namespace, plugins: [plugin], ...(dataConverter && { dataConverter }) };
  return {
    client: new Client({ ...common, connection: clientConnection }),
    plugin,
    worker: {
      ...common,
      connection,
      taskQueue,
      activities: agent.activities(modelSettings(provider.url)),
      ...(maxCachedWorkflows !== undefined && { maxCachedWorkflows }),
    },
    log,
    internalErrors: () => internalErrors(registry),
  };
}

function modelSettings(url: string): ModelSettings {
  return { openai: { apiKey: 'local', baseURL: `${url}/v1` }, anthropic: { apiKey: 'local', baseURL: url } };
}

async function internalErrors(registry: Registry): Promise<number> {
  const metric = await registry.getSingleMetric('temporal_agent_observer_errors_total')?.get();
  return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}
