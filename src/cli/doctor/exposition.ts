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

/** Both formats that Prometheus takes; from version 3 on it refuses every other. */
const TEXT_FORMATS = ['text/plain', 'application/openmetrics-text'];

export function isTextFormat(contentType: string): boolean {
  return TEXT_FORMATS.includes(contentType.split(';')[0]?.trim().toLowerCase() ?? '');
}

/** Samples of one metric of ours. */
export function samplesOf(exposition: string, key: MetricKey): Sample[] {
  const { name } = METRICS[key];
  return exposition.split('\n').flatMap((line) => {
    if (!line.startsWith(name)) return [];
    const sample = /^\{(.*)\} +(\S+)|^ +(\S+)/.exec(line.slice(name.length));
    if (sample === null) return [];
    return [{ labels: labelsIn(sample[1] ?? ''), value: Number(sample[2] ?? sample[3]) }];
  });
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}
