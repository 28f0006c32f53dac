/**
 * Queries of panels: our metrics, filtered by the dashboard's variables as far as they have the label.
 *
 * @module
 */

import { METRICS, type MetricDefinition, type MetricKey } from '#lib/definitions/metrics';

/** Labels that are variables of dashboards, those of the metrics first. */
const VARIABLE_LABELS = ['temporal_namespace', 'task_type', 'model'] as const;

/** Seconds without a successful poll after which the gauges of an exporter no longer count, as in the alerts. */
const STALE_SECONDS = 900;

type MetricPart = '' | '_bucket' | '_sum' | '_count';

/** A metric with the variables and further matchers; `part` for the parts of a histogram. */
export function metric(key: MetricKey, matchers: readonly string[] = [], part: MetricPart = ''): string {
  const { name, labels }: MetricDefinition = METRICS[key];
  const filters = VARIABLE_LABELS.filter((label) => labels.includes(label)).map((label) => `${label}=~"$${label}"`);
  return `${name}${part}{${['job=~"$job"', ...filters, ...matchers].join(', ')}}`;
}

/** Grafana's name of the unit that the name of a metric says. */
export function unitOf(key: MetricKey): string {
  const { name } = METRICS[key];
  if (name.includes('_seconds')) return 's';
  if (name.includes('_bytes')) return 'bytes';
  return name.includes('_usd') ? 'currencyUSD' : 'short';
}

/** Growth of a counter per second, over a window that fits the graph. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Growth of a counter of which every label set starts at 0. */
export function increase(selector: string, window = '$__rate_interval'): string {
  return `increase(${selector}[${window}])`;
}

/**
 * Growth of a counter of which label sets appear with their first event: `increase()` alone would miss that event, and with
 * it most of what is rare. A series that was away for less than an hour is not new.
 */
export function growth(selector: string, window = '$__rate_interval'): string {
  const known = `last_over_time(${selector}[1h] offset ${window})`;
  const grown = increase(selector, window);
  const first = `(min_over_time(${selector}[${window}]) unless ${known})`;
  // With its first sample alone, a series has not grown.
  return `(${grown} + ${first} or ${first} or ${grown})`;
}

/** A quantile of a histogram by labels, of what is observed all the time. */
export function quantile(q: number, key: MetricKey, by: readonly string[]): string {
  return `histogram_quantile(${q}, ${sumBy([...by, 'le'], rate(metric(key, [], '_bucket')))})`;
}

/** A quantile of a histogram by labels, of what is observed so rarely that the first observation matters. */
export function rareQuantile(q: number, key: MetricKey, by: readonly string[], window?: string): string {
  return `histogram_quantile(${q}, ${sumBy([...by, 'le'], growth(metric(key, [], '_bucket'), window))})`;
}

export function sumBy(labels: readonly string[], expr: string): string {
  return `sum by (${labels.join(', ')}) (${expr})`;
}

/**
 * A gauge of the exporter: replicas agree, so one of them counts and nothing is added up. A replica whose polls no longer
 * succeed does not count.
 */
export function exported(
  key: MetricKey,
  {
    by = ['temporal_namespace', 'task_type'],
    matchers = [],
    pick = 'max',
  }: { by?: readonly string[]; matchers?: readonly string[]; pick?: 'max' | 'min' } = {},
): string {
  const live = `time() - ${metric('exporterLastSuccess')} < ${STALE_SECONDS}`;
  return `${pick} by (${by.join(', ')}) (${metric(key, matchers)} and on (job, instance, temporal_namespace) (${live}))`;
}
