import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { startServerProcess } from '../../scripts/server-process.mjs';
import { BINARY } from './command';

const READY_MS = 30_000;

export interface ExporterOptions {
  /** Where its configuration goes. */
  readonly directory: string;
  readonly temporalAddress: string;
  readonly namespaces: readonly string[];
  readonly port: number;
  readonly contentDirectory: string;
  /** Expected durations by task type. */
  readonly expected?: Readonly<Record<string, string>>;
}

/** The exporter as the command starts it. */
export interface ExporterProcess {
  readonly configFile: string;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

export async function startExporter(options: ExporterOptions): Promise<ExporterProcess> {
  const { directory, temporalAddress, namespaces, port, contentDirectory, expected = {} } = options;
  const configFile = path.join(directory, 'exporter.yaml');
  const taskTypes = Object.fromEntries(
    Object.entries(expected).map(([taskType, time]) => [taskType, { expected: time }]),
  );
  const configuration = {
    namespaces,
    temporal: { address: temporalAddress },
    metrics: { port },
    contentDir: contentDirectory,
    pollInterval: '1s',
    taskTypes,
  };
  await writeFile(configFile, stringify(configuration));
  const { stop, kill } = await startServerProcess(
    'The exporter',
    process.execPath,
    [BINARY, 'exporter', '--config', configFile],
    () => untilServing(port),
  );
  return { configFile, stop, kill };
}

async function untilServing(port: number): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > deadline) throw new Error(`it is not ready within ${READY_MS / 1000} s`);
    await sleep(100);
  }
}
