import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../scripts/server-process.mjs';
import { CommandLine, commandVariables } from '../../monitoring/command';
import { startExporter } from '../../monitoring/exporter';
import { startMonitoring } from '../../monitoring/monitoring';
import type { RecordedTarget, Recording } from '../recording/recording';
import type { Report } from '../report';
import { EXPORTER_NAMESPACE, SCALED_THRESHOLDS, TIME_SCALE } from '../settings';
import type { Surroundings } from '../surroundings';
import { TcpProxy } from './tcp-proxy';
import { playTrouble, type Trouble, type TroubleInPlay, type Watch } from './trouble';

const namespace = EXPORTER_NAMESPACE;

export const EXPORTER_STALE: Trouble = {
  name: 'exporter-stale',
  namespace,
  breaks: 'The exporter does not reach Temporal.',
  cure: 'Temporal can be reached again.',
  alerts: [{ alert: 'TemporalAgentExporterStale', severity: 'critical' }],
};

export const EXPORTER_DOWN: Trouble = {
  name: 'exporter-down',
  namespace,
  breaks: 'The exporter was killed.',
  cure: 'It runs again.',
  alerts: [{ alert: 'TemporalAgentExporterDown', severity: 'critical' }],
};

export const EXPORTER_ABSENT: Trouble = {
  name: 'exporter-absent',
  namespace,
  breaks: 'Prometheus is not told of the exporter any more.',
  cure: 'It is told again.',
  alerts: [{ alert: 'TemporalAgentExporterAbsent', severity: 'critical' }],
};

/**
 * Plays what can happen to an exporter, one after the other, with an exporter, a Prometheus and an Alertmanager of their
 * own: without the exporter, most alerts of the others would be held back.
 *
 * @returns what watched them; it is stopped with the surroundings
 */
export async function playExporterTroubles(surroundings: Surroundings, report: Report): Promise<Watch> {
  const directory = await mkdtemp(path.join(tmpdir(), 'agent-exporter-'));
  surroundings.defer(() => rm(directory, { recursive: true, force: true }));
  const contentDirectory = path.join(directory, 'content');
  await mkdir(contentDirectory);
  const proxy = new TcpProxy(surroundings.address);
  const temporalAddress = await proxy.open();
  surroundings.defer(async () => proxy.cut());

  const port = await freePort();
  const start = () => startExporter({ directory, temporalAddress, namespaces: [namespace], port, contentDirectory });
  let exporter = await start();
  surroundings.defer(() => exporter.stop());
  const targets = { workers: [], exporter: `127.0.0.1:${port}` };
  const options = { directory, targets, timeScale: TIME_SCALE, thresholds: SCALED_THRESHOLDS };
  const monitoring = await startMonitoring(options);
  surroundings.defer(() => monitoring.stop());
  const variables = commandVariables(surroundings.address, contentDirectory, exporter);
  const commands = await CommandLine.open(path.join(directory, 'bin'), variables);
  const watch: Watch = { monitoring, commands };

  const target: RecordedTarget = { job: 'temporal-agent-exporter', instance: 'exporter:9466', port };
  const play = async (trouble: Trouble, begin: (recording: Recording | undefined) => Promise<TroubleInPlay>) => {
    const recording = surroundings.recorder.start(trouble.name, namespace, [target]);
    const resolved = await playTrouble(trouble, () => begin(recording), watch, report, recording);
    await resolved();
  };
  const end = async () => {};

  await play(EXPORTER_STALE, async () => {
    proxy.cut();
    return { mend: async () => void (await proxy.open()), end };
  });
  await play(EXPORTER_DOWN, async () => {
    await exporter.kill();
    const mend = async () => {
      exporter = await start();
    };
    return { mend, end };
  });
  await play(EXPORTER_ABSENT, async (recording) => {
    await monitoring.scrapeExporter(false);
    recording?.retarget(() => false);
    const mend = async () => {
      await monitoring.scrapeExporter(true);
      recording?.retarget(() => true);
    };
    return { mend, end };
  });
  return watch;
}
