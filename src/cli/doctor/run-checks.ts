/**
 * All parts side by side: none waits for another.
 *
 * @module
 */

import { checkAlertmanager } from './alertmanager';
import { checkExporter } from './exporter';
import { checkGrafana } from './grafana';
import { HttpTarget } from './http';
import { Part } from './part';
import { checkPrometheus } from './prometheus';
import type { ScrapeJobs } from './prometheus-targets';
import { type CheckResult, DOCTOR_VERSION, type DoctorReport, type PartName, summarize } from './report';
import { checkTemporal } from './temporal';
import type { TemporalQuestions } from './temporal-target';
import { checkWorker } from './worker';

/** Address of a part; `undefined` for one that is not looked at. */
interface Address {
  readonly url: string | undefined;
  readonly isGiven: boolean;
}

export interface DoctorQuestions extends TemporalQuestions {
  readonly workerMetrics: Address;
  readonly exporter: Address;
  readonly prometheus?: string;
  readonly alertmanager?: string;
  readonly grafana?: string;
  readonly grafanaToken?: string;
  readonly jobs: ScrapeJobs;
}

/** @throws CliError when the connection to Temporal is configured wrongly */
export async function runChecks(questions: DoctorQuestions): Promise<DoctorReport> {
  const { flags, timeoutMs, workerMetrics, exporter, prometheus, alertmanager, grafana, grafanaToken, jobs } =
    questions;
  const { address, namespace } = flags;
  const at = (url: string, token?: string) => HttpTarget.at(url, timeoutMs, token);
  const worker = workerMetrics.url === undefined ? undefined : at(workerMetrics.url);
  const parts = await Promise.all([
    checkTemporal(questions),
    worker === undefined
      ? left('worker', '--worker-metrics')
      : checkWorker({ target: worker, isGiven: workerMetrics.isGiven }, namespace),
    exporter.url === undefined
      ? left('exporter', '--exporter')
      : checkExporter({ target: at(exporter.url), isGiven: exporter.isGiven }, namespace, worker),
    prometheus === undefined ? left('prometheus', '--prometheus') : checkPrometheus(at(prometheus), jobs),
    alertmanager === undefined ? left('alertmanager', '--alertmanager') : checkAlertmanager(at(alertmanager)),
    grafana === undefined ? left('grafana', '--grafana') : checkGrafana(at(grafana, grafanaToken)),
  ]);
  const checks = parts.flat();
  return { version: DOCTOR_VERSION, address, namespace, summary: summarize(checks), checks };
}

function left(name: PartName, flag: string): CheckResult[] {
  const part = new Part(name);
  part.skipped('reachable', 'not looked at', `${flag} <url> switches this on.`);
  return part.results;
}
