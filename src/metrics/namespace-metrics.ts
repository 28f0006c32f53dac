import { METRICS, type MetricDefinition, type MetricKey } from '../definitions/metrics';
import type { ReportError } from '../definitions/observer-parts';
import type { Instruments } from './instruments';
import type { CounterKey, GaugeKey, HistogramKey, MetricLabels } from './metric-keys';
import { type LabelSet, SeriesLimiter } from './series-limiter';

/** Caps of every metric; one for each registry, as the cap is on what a scrape returns. */
export type SeriesLimiters = Readonly<Record<MetricKey, SeriesLimiter>>;

export function createLimiters(): SeriesLimiters {
  const limiters = Object.entries(METRICS).map(([key, { labels }]) => [
    key,
    new SeriesLimiter(labels.filter((label) => label !== 'temporal_namespace')),
  ]);
  return Object.fromEntries(limiters) as SeriesLimiters;
}

/** The metrics of one Temporal namespace. No method throws: what goes wrong is reported. */
export class NamespaceMetrics {
  readonly #namespace: string;
  readonly #instruments: Instruments;
  readonly #limiters: SeriesLimiters;
  readonly #report: ReportError;

  constructor(namespace: string, instruments: Instruments, limiters: SeriesLimiters, report: ReportError) {
    this.#namespace = namespace;
    this.#instruments = instruments;
    this.#limiters = limiters;
    this.#report = report;
    this.#startAtZero();
  }

  /** Adds to a counter; 1 unless an amount is given. */
  inc<K extends CounterKey>(key: K, labels: MetricLabels<K>, amount = 1): void {
    try {
      this.#instruments.counters[key].inc(this.#admit(key, labels), amount);
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Adds an observation to a histogram, in the metric's base unit. */
  observe<K extends HistogramKey>(key: K, labels: MetricLabels<K>, value: number): void {
    try {
      this.#instruments.histograms[key].observe(this.#admit(key, labels), value);
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Sets a gauge. */
  set<K extends GaugeKey>(key: K, labels: MetricLabels<K>, value: number): void {
    try {
      this.#instruments.gauges[key].set(this.#admit(key, labels), value);
    } catch (error) {
      this.#failed(key, error);
    }
  }

  #startAtZero(): void {
    for (const [key, definition] of Object.entries(METRICS) as [CounterKey, MetricDefinition][]) {
      for (const labels of definition.startAtZero ?? []) {
        this.inc(key, labels as MetricLabels<CounterKey>, 0);
      }
    }
  }

  #admit(key: MetricKey, labels: LabelSet): LabelSet {
    return this.#limiters[key].admit({ ...labels, temporal_namespace: this.#namespace }, (values) =>
      this.#countOverflow(key, values),
    );
  }

  #countOverflow(key: MetricKey, values: number): void {
    const labels = this.#limiters.seriesOverflow.admit(
      { temporal_namespace: this.#namespace, metric: METRICS[key].name },
      () => {},
    );
    this.#instruments.counters.seriesOverflow.inc(labels, values);
  }

  #failed(key: MetricKey, error: unknown): void {
    // The report is counted in this very metric: a failure of it must not be reported for ever.
    if (key !== 'observerErrors') {
      this.#report('metrics', error);
    }
  }
}
