import { shellQuote } from '../../client/search-attribute-registry';
import { METRICS } from '../../definitions/metrics';
import { DEFAULT_EXPORTER_PORT, DEFAULT_WORKER_PORT } from '../../definitions/ports';
import { plural } from '../explain/format';
import type { HttpTarget } from './http';
import { type Fields, fields, list, text } from './json';
import type { Part } from './part';
import { askPrometheus, seriesOf } from './prometheus-api';
import { some } from './some';

/** Scrape jobs, as regular expressions that match whole names. */
export interface ScrapeJobs {
  readonly worker: string;
  readonly exporter: string;
}

const USUAL_ADDRESS = {
  worker: `127.0.0.1:${DEFAULT_WORKER_PORT}`,
  exporter: `127.0.0.1:${DEFAULT_EXPORTER_PORT}`,
} as const;

export async function checkTargets(part: Part, target: HttpTarget, jobs: ScrapeJobs): Promise<void> {
  const { activeTargets } = await askPrometheus(target, '/api/v1/targets', { state: 'active' });
  for (const who of ['worker', 'exporter'] as const) {
    const found = list(activeTargets).filter(({ labels }) => matches(text(fields(labels).job), jobs[who]));
    if (found.length === 0) await explainAbsence(part, target, who, jobs);
    else judge(part, who, found);
  }
}

function judge(part: Part, who: keyof ScrapeJobs, targets: readonly Fields[]): void {
  const check = `targets-of-${who}`;
  const down = targets.filter(({ health }) => health === 'down');
  const unknown = targets.filter(({ health }) => health !== 'down' && health !== 'up');
  if (down.length > 0) {
    const errors = down.map((one) => `${text(one.scrapeUrl)}: ${text(one.lastError) || 'no reason given'}`);
    part.problem(
      check,
      `${down.length} of ${plural(targets.length, 'target')} of the ${who} cannot be scraped: ${some(errors, '; ')}`,
      `Start what serves there, on an address that Prometheus can reach: a loopback address is of its own machine or container.`,
    );
  } else if (unknown.length > 0) {
    part.warning(
      check,
      `${plural(unknown.length, 'target')} of the ${who} not scraped yet`,
      'Wait for one scrape interval.',
    );
  } else part.ok(check, `${plural(targets.length, 'target')} of the ${who} up`);
}

/** The metric that tells each of them from everything else. */
const MARK = { worker: METRICS.searchAttributesEnabled, exporter: METRICS.exporterPollInterval } as const;

async function explainAbsence(part: Part, target: HttpTarget, who: keyof ScrapeJobs, jobs: ScrapeJobs): Promise<void> {
  const check = `targets-of-${who}`;
  const job = jobs[who];
  const series = await seriesOf(target, `count by (job) (${MARK[who].name})`);
  const others = series.map((labels) => text(labels.job)).filter((name) => name !== '');
  if (who === 'exporter' && others.some((name) => matches(name, jobs.worker))) {
    part.ok(check, 'the exporter runs inside a worker, which is scraped');
  } else if (others.length > 0) {
    part.problem(
      check,
      `the ${who} is scraped as job ${others.join(', ')}, and the rules expect ${job}`,
      `Name the job ${job}, or render the rules for yours (jobs.${who}) and give it here: --${who}-job ${shellQuote(others[0] ?? '')}`,
    );
  } else {
    part.problem(
      check,
      `Prometheus has no target of job ${job}`,
      `Add to scrape_configs of prometheus.yml: - { job_name: ${job}, static_configs: [{ targets: ["${USUAL_ADDRESS[who]}"] }] }`,
    );
  }
}

/** As Prometheus matches: the whole name. */
function matches(name: string, pattern: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(name);
}
