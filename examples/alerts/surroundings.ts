import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { addSearchAttributes } from '#lib/client/search-attribute-registry';
import { freePort } from '../../scripts/server-process.mjs';
import { startTemporalServer } from '../../scripts/temporal-server.mjs';
import { CommandLine, commandVariables } from '../monitoring/command';
import { ruleConfig } from '../monitoring/configuration';
import { type ExporterProcess, startExporter } from '../monitoring/exporter';
import { type Monitoring, startMonitoring } from '../monitoring/monitoring';
import { EXAMPLES, SERVER_CONFIG } from '../patterns/examples';
import { Recorder } from './recording/recorder';
import type { Recording } from './recording/recording';
import {
  EXPECTED_DURATIONS,
  EXPORTER_NAMESPACE,
  namespaceOf,
  SCALED_THRESHOLDS,
  STUCK_NAMESPACE,
  TIME_SCALE,
  TROUBLE_NAMESPACES,
} from './settings';

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
  readonly recorder: Recorder;
  /** Records what Prometheus scrapes for the agents of a namespace, if anything is to be recorded. */
  record(scenario: string, namespace: string): Recording | undefined;
  restartExporter(): Promise<void>;
  /** Lets this be called when all is stopped, before what was there already. */
  defer(cleanup: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

/** @param recordings - directory that recordings go to; nothing is recorded where it is left out */
export async function openSurroundings(recordings?: string): Promise<Surroundings> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    const directory = await mkdtemp(path.join(tmpdir(), 'agent-alerts-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const contentDirectory = path.join(directory, 'content');
    await mkdir(contentDirectory);

    const watched = [
      ...EXAMPLES.map((example) => namespaceOf(example.directory)),
      STUCK_NAMESPACE,
      ...TROUBLE_NAMESPACES,
    ];
    const namespaces = [...watched, EXPORTER_NAMESPACE];
    const server = await startTemporalServer({ dynamicConfig: SERVER_CONFIG, namespaces });
    cleanups.push(() => server.stop());
    const { address } = server;
    const connection = await Connection.connect({ address });
    cleanups.push(() => connection.close());
    const names = SEARCH_ATTRIBUTES.map(({ name }) => name);
    for (const namespace of namespaces) await addSearchAttributes(connection, namespace, names);

    const ports = new Map<string, WorkerPorts>();
    for (const namespace of watched) {
      ports.set(namespace, { metricsPort: await freePort(), coreMetricsPort: await freePort() });
    }
    const exporterPort = await freePort();
    const startOurExporter = () =>
      startExporter({
        directory,
        temporalAddress: address,
        namespaces: watched,
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
      thresholds: SCALED_THRESHOLDS,
    });
    cleanups.push(() => monitoring.stop());
    const variables = commandVariables(address, contentDirectory, exporter);
    const commands = await CommandLine.open(path.join(directory, 'bin'), variables);
    const portsOf = (namespace: string) => ports.get(namespace) ?? { metricsPort: 0, coreMetricsPort: 0 };
    const recorder = new Recorder(recordings, ruleConfig(TIME_SCALE, SCALED_THRESHOLDS));
    return {
      address,
      contentDirectory,
      monitoring,
      commands,
      ports: portsOf,
      recorder,
      record: (scenario, namespace) => {
        const { metricsPort, coreMetricsPort } = portsOf(namespace);
        return recorder.start(scenario, namespace, [
          { job: 'temporal-agent-worker', instance: 'worker:9465', port: metricsPort },
          { job: 'temporal-agent-worker', instance: 'worker:9464', port: coreMetricsPort },
          { job: 'temporal-agent-exporter', instance: 'exporter:9466', port: exporterPort },
        ]);
      },
      client: (namespace) => new Client({ connection, namespace }),
      restartExporter: async () => {
        await exporter.stop();
        exporter = await startOurExporter();
      },
      defer: (cleanup) => void cleanups.push(cleanup),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
