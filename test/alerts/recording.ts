import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { METRICS } from '#lib/definitions/metrics';
import type { RecordedScenario } from '../../examples/alerts/recording/recording';
import { TIME_SCALE } from '../../examples/alerts/settings';
import type { Series } from './support';

const DIRECTORY = path.join(import.meta.dirname, 'recorded');

/** Recordings have a sample each second, of an hour that was shorter by the factor of the rehearsal. */
export const SAMPLE_SECONDS = TIME_SCALE;

/**
 * Gauges whose values are seconds of the rehearsal. The others do not depend on the time that it took; durations of model
 * calls are what they were, and the threshold fits them.
 */
const TIMES: ReadonlySet<string> = new Set([METRICS.exporterLastSuccess.name, METRICS.exporterPollInterval.name]);

/** A sample of a series: a value, that the series is gone, or no scrape. */
export type Sample = number | 'stale' | undefined;

export interface RecordedSeries {
  readonly name: string;
  /** As it is written, without the labels that scraping adds. */
  readonly labels: string;
  readonly job: string;
  readonly instance: string;
  readonly samples: readonly Sample[];
}

export interface Recording {
  readonly scenario: string;
  /** Number of samples. */
  readonly length: number;
  /** Number of the sample from which on something was so. */
  readonly marks: Readonly<Record<string, number>>;
  readonly series: readonly RecordedSeries[];
}

/** Every recording, in production's time: a sample each {@link SAMPLE_SECONDS}. */
export function readRecordings(): readonly Recording[] {
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.yml'));
  return files.map((file) => readRecording(readFileSync(path.join(DIRECTORY, file), 'utf8')));
}

function readRecording(text: string): Recording {
  const { scenario, samples: length, marks, targets } = parse(text) as RecordedScenario;
  const series = Object.entries(targets).flatMap(([instance, { job, series }]) =>
    Object.entries(series).map(([written, values]) => {
      const [, name = '', labels = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(written) ?? [];
      const samples = samplesOf(String(values), TIMES.has(name) ? TIME_SCALE : 1);
      return { name, labels, job, instance, samples };
    }),
  );
  return { scenario, length, marks, series };
}

/** What promtool takes as input. */
export function inputOf(recording: Recording): readonly Series[] {
  return recording.series.map(({ name, labels, job, instance, samples }) => {
    const all = [labels, `job="${job}"`, `instance="${instance}"`].filter((part) => part !== '');
    const values = samples.map((sample) => (sample === undefined ? '_' : String(sample)));
    return { series: `${name}{${all.join(', ')}}`, values: values.join(' ') };
  });
}

/** Reads promtool's notation: `1+2x3` is 1, 3, 5, 7; `_x3` is three times nothing. Values are multiplied by the factor. */
export function samplesOf(values: string, factor: number): Sample[] {
  return values.split(' ').flatMap((part): Sample[] => {
    if (part === 'stale') return ['stale'];
    const [what = '', times] = part.split('x');
    if (what === '_') return Array.from({ length: Number(times ?? 1) }, () => undefined);
    const [, first, step = '0'] = /^(-?[\d.]+(?:e[+-]?\d+)?)([+-][\d.]+)?$/.exec(what) ?? [];
    if (first === undefined) throw new Error(`not a sample: ${part}`);
    return Array.from({ length: Number(times ?? 0) + 1 }, (_, i) => (Number(first) + i * Number(step)) * factor);
  });
}
