/**
 * Queries of panels: our metrics, filtered by the dashboard's variables as far as they have the label.
 *
 * @module
 */

import { METRICS, type MetricKey } from '#lib/definitions/metrics';

/** Labels that are variables of every dashboard. */
const VARIABLE_LABELS = ['temporal_namespace', 'task_type', 'model'] as const;

/** A metric with the variables and further matchers; `suffix` for the parts of a histogram. */
export function metric(
  key: MetricKey,
  matchers: readonly string[] = [],
  suffix: '' | '_bucket' | '_sum' | '_count' = '',
) {
  const { name, labels } = METRICS[key];
  const has = (label: string) => (labels as readonly string[]).includes(label);
  const filters = VARIABLE_LABELS.filter(has).map((label) => `${label}=~"$${label}"`);
  return `${name}${suffix}{${['job=~"$job"', ...filters, ...matchers].join(', ')}}`;
}

/** Growth of a counter per second, over a window that fits the graph. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Growth of a counter within a step of the graph. */
export function increase(selector: string): string {
  return `increase(${selector}[$__rate_interval])`;
}

/** A quantile of a histogram by labels. */
export function quantile(q: number, key: MetricKey, by: readonly string[] = []): string {
  return `histogram_quantile(${q}, sum by (${[...by, 'le'].join(', ')}) (${rate(metric(key, [], '_bucket'))}))`;
}

/** A gauge of the exporter: replicas agree, so the largest counts and nothing is added up twice. */
export function exported(
  key: MetricKey,
  by: readonly string[] = ['temporal_namespace', 'task_type'],
  matchers: readonly string[] = [],
): string {
  return `max by (${by.join(', ')}) (${metric(key, matchers)})`;
}
