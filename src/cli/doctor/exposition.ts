/**
 * Metrics as they are served, in the text formats of Prometheus and OpenMetrics.
 *
 * @module
 */

import { METRICS, type MetricKey } from '../../definitions/metrics';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface NamedSample extends Sample {
  readonly name: string;
}

/** Both formats that Prometheus takes; from version 3 on it refuses every other. */
const TEXT_FORMATS = ['text/plain', 'application/openmetrics-text'];

export function isTextFormat(contentType: string): boolean {
  return TEXT_FORMATS.includes(contentType.split(';')[0]?.trim().toLowerCase() ?? '');
}

/** Samples of one metric of ours. */
export function samplesOf(exposition: string, key: MetricKey): Sample[] {
  return namedSamples(exposition).filter(({ name }) => name === METRICS[key].name);
}

/** Samples of all metrics. */
export function namedSamples(exposition: string): NamedSample[] {
  return exposition.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? +(\S+)/.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    return [{ name, labels: labelsIn(labels), value: Number(value.replace('Inf', 'Infinity')) }];
  });
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
