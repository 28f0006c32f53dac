import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { AlertThresholds } from '#lib/rules/rule-config';
import { ruleFiles } from '#lib/rules/rule-text';
import { ensurePrometheusTool } from '../../scripts/prometheus-tools.mjs';
import { freePort, startServerProcess } from '../../scripts/server-process.mjs';
import { AlertReceiver, type DeliveredAlert } from './alert-receiver';
import { alertmanagerConfig, prometheusConfig, ruleConfig, type ScrapeTargets, scaled } from './configuration';
import { type Labels, PrometheusApi } from './prometheus-api';

const READY_MS = 30_000;
/** Prometheus' default: how long an instant query looks back. */
const LOOKBACK_SECONDS = 300;

export interface MonitoringOptions {
  /** Where configuration and data go. */
  readonly directory: string;
  readonly targets: ScrapeTargets;
  /** What all durations are divided by. */
  readonly timeScale: number;
  /** Of the rules, where they are to differ from the defaults. */
  readonly thresholds?: Partial<AlertThresholds>;
  readonly delivered?: (alert: DeliveredAlert) => void;
}

/** Prometheus with the shipped rules, and Alertmanager, which delivers to {@link Monitoring.receiver}. */
export interface Monitoring {
  readonly prometheusUrl: string;
  readonly alertmanagerUrl: string;
  readonly receiver: AlertReceiver;
  /** Labels of all alerts that have fired, delivered or not. */
  fired(): Promise<readonly Labels[]>;
  /** Labels of the alerts that fire now. */
  firing(): Promise<readonly Labels[]>;
  restartPrometheus(): Promise<void>;
  /** Takes the exporter out of what is scraped, or back in. */
  scrapeExporter(isScraped: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Error that says how to get the tools, where they are missing */
export async function startMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const { directory, targets, timeScale, thresholds } = options;
  const tools = {
    prometheus: await ensurePrometheusTool('prometheus'),
    alertmanager: await ensurePrometheusTool('alertmanager'),
  };
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) await cleanup();
  };
  try {
    const receiver = new AlertReceiver(options.delivered);
    const webhook = await receiver.listen();
    cleanups.push(() => receiver.close());
    const alertmanagerAddress = `127.0.0.1:${await freePort()}`;
    const prometheusAddress = `127.0.0.1:${await freePort()}`;

    await mkdir(path.join(directory, 'rules'), { recursive: true });
    for (const [name, text] of ruleFiles(ruleConfig(timeScale, thresholds))) {
      await writeFile(path.join(directory, 'rules', name), text);
    }
    const configure = (scraped: ScrapeTargets) => {
      const prometheusYml = prometheusConfig(scraped, alertmanagerAddress, path.join(directory, 'rules/*.rules.yml'));
      return writeFile(path.join(directory, 'prometheus.yml'), stringify(prometheusYml));
    };
    await configure(targets);
    const alertmanagerYml = alertmanagerConfig(webhook, timeScale);
    await writeFile(path.join(directory, 'alertmanager.yml'), stringify(alertmanagerYml));

    const alertmanager = await startServerProcess(
      'Alertmanager',
      tools.alertmanager,
      [
        `--config.file=${path.join(directory, 'alertmanager.yml')}`,
        `--storage.path=${path.join(directory, 'alertmanager')}`,
        `--web.listen-address=${alertmanagerAddress}`,
        '--cluster.listen-address=',
        '--log.level=error',
      ],
      () => untilReady(alertmanagerAddress),
    );
    cleanups.push(() => alertmanager.stop());

    const startPrometheus = () =>
      startServerProcess(
        'Prometheus',
        tools.prometheus,
        [
          `--config.file=${path.join(directory, 'prometheus.yml')}`,
          `--storage.tsdb.path=${path.join(directory, 'prometheus')}`,
          `--web.listen-address=${prometheusAddress}`,
          `--query.lookback-delta=${scaled(LOOKBACK_SECONDS, timeScale)}`,
          '--log.level=error',
        ],
        () => untilReady(prometheusAddress),
      );
    let prometheus = await startPrometheus();
    cleanups.push(() => prometheus.stop());

    const prometheusUrl = `http://${prometheusAddress}`;
    const api = new PrometheusApi(prometheusUrl);
    return {
      prometheusUrl,
      alertmanagerUrl: `http://${alertmanagerAddress}`,
      receiver,
      fired: () => api.firedAlerts(),
      firing: () => api.firingAlerts(),
      restartPrometheus: async () => {
        await prometheus.stop();
        prometheus = await startPrometheus();
      },
      scrapeExporter: async (isScraped) => {
        await configure(isScraped ? targets : { workers: targets.workers });
        process.kill(prometheus.pid, 'SIGHUP');
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(address: string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const ready = await fetch(`http://${address}/-/ready`).then(
      ({ ok, status }) => ok || `status ${status}`,
      () => 'no answer',
    );
    if (ready === true) return;
    if (Date.now() > deadline) throw new Error(`${ready} from ${address} within ${READY_MS / 1000} s`);
    await sleep(50);
  }
}
