/**
 * Whether Prometheus scrapes us, and evaluates and delivers our rules.
 *
 * @module
 */

import { METRICS } from '../../definitions/metrics';
import type { HttpTarget } from './http';
import { list, text } from './json';
import { Part } from './part';
import { askPrometheus, seriesOf } from './prometheus-api';
import { checkRules } from './prometheus-rules';
import { checkTargets, type ScrapeJobs } from './prometheus-targets';
import type { CheckResult } from './report';

const FLAG = 'Give the address of Prometheus, with the path that it is served under: --prometheus <url>.';
const SCRAPED = 'Look at the targets first; new samples take as long as the scrape interval.';

/** What only a worker and only an exporter has from its start on. */
const FIRST_SAMPLES = [
  ['samples-of-worker', 'worker', METRICS.searchAttributesEnabled.name],
  ['samples-of-exporter', 'exporter', METRICS.exporterPollInterval.name],
] as const;

export async function checkPrometheus(target: HttpTarget, jobs: ScrapeJobs): Promise<CheckResult[]> {
  const part = new Part('prometheus');
  await part.attempt('ready', FLAG, async () => {
    const { status } = await target.get('/-/ready');
    if (status === 200) part.ok('ready', `answers at ${target.address}`);
    else part.problem('ready', `${target.address}/-/ready answers with status ${status}`, FLAG);
  });
  if (part.results.some(({ status }) => status === 'problem')) return part.results;
  await part.together([
    (own) => own.attempt('targets', FLAG, () => checkTargets(own, target, jobs)),
    (own) => own.attempt('samples', FLAG, () => checkSamples(own, target)),
    (own) => own.attempt('rules', FLAG, () => checkRules(own, target)),
    (own) => own.attempt('alertmanagers', FLAG, () => checkAlertmanagers(own, target)),
  ]);
  return part.results;
}

async function checkSamples(part: Part, target: HttpTarget): Promise<void> {
  for (const [check, who, metric] of FIRST_SAMPLES) {
    const found = await seriesOf(target, `count by (job) (${metric})`);
    const jobs = found.map((labels) => text(labels.job) || 'without a name');
    if (jobs.length > 0) part.ok(check, `samples of the ${who} are there, of job ${jobs.join(', ')}`);
    else part.problem(check, `no sample of ${metric}: nothing of the ${who} arrives`, SCRAPED);
  }
}

async function checkAlertmanagers(part: Part, target: HttpTarget): Promise<void> {
  const { activeAlertmanagers } = await askPrometheus(target, '/api/v1/alertmanagers');
  const known = list(activeAlertmanagers).map(({ url }) => hostOf(text(url)));
  if (known.length > 0) part.ok('alertmanagers', `sends alerts to ${known.join(', ')}`);
  else {
    part.problem(
      'alertmanagers',
      'Prometheus knows no Alertmanager: alerts fire and reach nobody',
      'Add it under alerting.alertmanagers of prometheus.yml.',
    );
  }
}

/** Without a path, and without credentials. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an unreadable address';
}
