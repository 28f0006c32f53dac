import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../scripts/server-process.mjs';
import type { DemoEnvironment } from '../demo/environment';
import type { DeliveredAlert } from './alert-receiver';
import { startExporter } from './exporter';
import { type Monitoring, startMonitoring } from './monitoring';

export interface WatchOptions {
  /** What all durations of the rules are divided by. */
  readonly timeScale: number;
  /** Expected durations by task type. */
  readonly expected?: Readonly<Record<string, string>>;
  readonly delivered?: (alert: DeliveredAlert) => void;
}

/** The exporter, Prometheus and Alertmanager for an environment of the demo. Stop them before it. */
export async function watchEnvironment(environment: DemoEnvironment, options: WatchOptions): Promise<Monitoring> {
  const { temporalAddress, metricsUrl, coreMetricsAddress, contentDirectory } = environment;
  const { expected, ...monitored } = options;
  const directory = await mkdtemp(path.join(tmpdir(), 'agent-monitoring-'));
  const cleanups: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    const port = await freePort();
    const exporter = await startExporter({
      directory,
      temporalAddress,
      namespaces: ['default'],
      port,
      contentDirectory: path.resolve(contentDirectory),
      ...(expected && { expected }),
    });
    cleanups.push(() => exporter.stop());
    const workers = [new URL(metricsUrl).host, coreMetricsAddress];
    const targets = { workers, exporter: `127.0.0.1:${port}` };
    const monitoring = await startMonitoring({ ...monitored, directory, targets });
    cleanups.push(() => monitoring.stop());
    return { ...monitoring, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
