import { METRICS } from '#lib/definitions/metrics';
import { type RecordedSeries, type Recording, SAMPLE_SECONDS, type Sample } from './recording';

/** Number of samples in a time, in minutes. */
export function samplesIn(minutes: number): number {
  return (minutes * 60) / SAMPLE_SECONDS;
}

/** Ends after so many samples. */
export function cut(recording: Recording, length: number): Recording {
  return { ...mapped(recording, ({ samples }) => samples.slice(0, length)), length };
}

/** Goes on as it was in the end, for so many samples; the polls of the exporter go on to succeed. */
export function extended(recording: Recording, by: number): Recording {
  const length = recording.length + by;
  return {
    ...mapped(recording, ({ name, samples }) => {
      const last = samples.at(-1);
      if (samples.length < recording.length || typeof last !== 'number') return samples;
      const step = name === METRICS.exporterLastSuccess.name ? SAMPLE_SECONDS : 0;
      const more = Array.from({ length: length - samples.length }, (_, i) => last + (i + 1) * step);
      return [...samples, ...more];
    }),
    length,
  };
}

/** Nothing is scraped for a while, as when Prometheus is down. */
export function withGap(recording: Recording, from: number, length: number): Recording {
  return mapped(recording, ({ samples }) =>
    samples.map((sample, index) => (index >= from && index < from + length ? undefined : sample)),
  );
}

/** An instance is not scraped, and was not before. */
export function without(recording: Recording, instance: string): Recording {
  return { ...recording, series: recording.series.filter((series) => series.instance !== instance) };
}

/** The same again of another task type, some samples later, in the same processes. */
export function withNewTaskType(recording: Recording, known: string, added: string, later: number): Recording {
  const series = recording.series
    .filter(({ labels }) => labels.includes(`task_type="${known}"`))
    .map((series) => ({
      ...series,
      labels: series.labels.replace(`task_type="${known}"`, `task_type="${added}"`),
      samples: [...Array<Sample>(later).fill(undefined), ...series.samples],
    }));
  return { ...recording, length: recording.length + later, series: [...recording.series, ...series] };
}

function mapped(recording: Recording, change: (series: RecordedSeries) => readonly Sample[]): Recording {
  return { ...recording, series: recording.series.map((series) => ({ ...series, samples: change(series) })) };
}
