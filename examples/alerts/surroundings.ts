import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { addSearchAttributes } from '#lib/client/search-attribute-registry';
import { freePort } from '../../scripts/server-process.mjs';
import { startTemporalServer } from '../../scripts/temporal-server.mjs';
import { CommandLine } from '../monitoring/command';
import { type ExporterProcess, startExporter } from '../monitoring/exporter';
import { type Monitoring, startMonitoring } from '../monitoring/monitoring';
import { EXAMPLES, SERVER_CONFIG } from '../patterns/examples';
import { EXPECTED_DURATIONS, STUCK_NAMESPACE } from './stuck-agents';

/** A quarter of an hour, for which findings are shown, becomes half a minute. */
export const TIME_SCALE = 30;

export interface WorkerPorts {
  readonly metricsPort: number;
  readonly coreMetricsPort: number;
}

/** What all agents share: a Temporal server, the exporter, Prometheus and Alertmanager. */
export interface Surroundings {
  readonly address: string;
  readonly contentDirectory: string;
  readonly monitoring: Monitoring;
  readonly commands: CommandLine;
  /** Ports of the worker of a namespace. */
  ports(namespace: string): WorkerPorts;
  client(namespace: string): Client;
  restartExporter(): Promise<void>;
  stop(): Promise<void>;
}

/** Each pattern has a namespace of its own, so that no alert can be taken for another's. */
export function namespaceOf(directory: string): string {
  return `pattern-${directory}`;
}

export async function openSurroundings(): Promise<Surroundings> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    const directory = await mkdtemp(path.join(tmpdir(), 'agent-alerts-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const contentDirectory = path.join(directory, 'content');
    await mkdir(contentDirectory);

    const namespaces = [...EXAMPLES.map((example) => namespaceOf(example.directory)), STUCK_NAMESPACE];
    const server = await startTemporalServer({ dynamicConfig: SERVER_CONFIG, namespaces });
    cleanups.push(() => server.stop());
    const { address } = server;
    const connection = await Connection.connect({ address });
    cleanups.push(() => connection.close());
    const names = SEARCH_ATTRIBUTES.map(({ name }) => name);
    for (const namespace of namespaces) await addSearchAttributes(connection, namespace, names);

    const ports = new Map<string, WorkerPorts>();
    for (const namespace of namespaces) {
      ports.set(namespace, { metricsPort: await freePort(), coreMetricsPort: await freePort() });
    }
    const exporterPort = await freePort();
    const startOurExporter = () =>
      startExporter({
        directory,
        temporalAddress: address,
        namespaces,
        port: exporterPort,
        contentDirectory,
        expected: EXPECTED_DURATIONS,
      });
    let exporter: ExporterProcess = await startOurExporter();
    cleanups.push(() => exporter.stop());

    const workers = [...ports.values()].flatMap(({ metricsPort, coreMetricsPort }) => [metricsPort, coreMetricsPort]);
    const monitoring = await startMonitoring({
      directory,
      targets: {
        workers: workers.map((port) => `127.0.0.1:${port}`),
        exporter: `127.0.0.1:${exporterPort}`,
      },
      timeScale: TIME_SCALE,
    });
    cleanups.push(() => monitoring.stop());
    const commands = await CommandLine.open(path.join(directory, 'bin'), {
      TEMPORAL_ADDRESS: address,
      TEMPORAL_AGENT_OBSERVABILITY_CONTENT: contentDirectory,
      TEMPORAL_AGENT_OBSERVABILITY_EXPORTER_CONFIG: exporter.configFile,
    });
    return {
      address,
      contentDirectory,
      monitoring,
      commands,
      ports: (namespace) => ports.get(namespace) ?? { metricsPort: 0, coreMetricsPort: 0 },
      client: (namespace) => new Client({ connection, namespace }),
      restartExporter: async () => {
        await exporter.stop();
        exporter = await startOurExporter();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
