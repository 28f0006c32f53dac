import { METRICS, type MetricDefinition, type MetricKey } from '../definitions/metrics';
import type { ReportError } from '../definitions/observer-parts';
import type { Families } from './families';
import type { CounterKey, GaugeKey, GaugeValue, HistogramKey, MetricLabels } from './metric-keys';

/** The metrics of one Temporal namespace. No method throws: what goes wrong is reported. */
export class NamespaceMetrics {
  readonly #namespace: string;
  readonly #families: Families;
  readonly #report: ReportError;
  readonly #onOverflow: Readonly<Record<MetricKey, (values: number) => void>>;

  constructor(namespace: string, families: Families, keys: readonly MetricKey[], report: ReportError) {
    this.#namespace = namespace;
    this.#families = families;
    this.#report = report;
    const counters = Object.entries(METRICS).map(([key, { name }]) => [key, this.#overflowCounter(name)]);
    this.#onOverflow = Object.fromEntries(counters);
    this.#startAtZero(keys);
  }

  /** Adds to a counter; 1 unless an amount is given. */
  inc<K extends CounterKey>(key: K, labels: MetricLabels<K>, amount = 1): void {
    try {
      if (!Number.isFinite(amount) || amount < 0) {
        throw new RangeError(`${METRICS[key].name} can only grow by a finite amount, got ${amount}`);
      }
      this.#families[key].series.cell(this.#namespace, labels, this.#onOverflow[key]).value += amount;
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Adds an observation to a histogram, in the metric's base unit. */
  observe<K extends HistogramKey>(key: K, labels: MetricLabels<K>, value: number): void {
    try {
      requireFinite(key, value);
      const family = this.#families[key];
      family.observe(family.series.cell(this.#namespace, labels, this.#onOverflow[key]), value);
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Sets a gauge. */
  set<K extends GaugeKey>(key: K, labels: MetricLabels<K>, value: number): void {
    try {
      requireFinite(key, value);
      this.#families[key].series.cell(this.#namespace, labels, this.#onOverflow[key]).value = value;
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Adds to a gauge that several workers of the process share; a negative amount takes away. */
  add<K extends GaugeKey>(key: K, labels: MetricLabels<K>, amount: number): void {
    try {
      requireFinite(key, amount);
      this.#families[key].series.cell(this.#namespace, labels, this.#onOverflow[key]).value += amount;
    } catch (error) {
      this.#failed(key, error);
    }
  }

  /** Sets a gauge to these values and no others: series of this namespace that are not among them go away. */
  setAll<K extends GaugeKey>(key: K, values: readonly GaugeValue<K>[]): void {
    try {
      for (const { value } of values) requireFinite(key, value);
      const { series } = this.#families[key];
      const { combined }: MetricDefinition = METRICS[key];
      const set = new Set<object>();
      series.removeAll(this.#namespace);
      for (const { labels, value } of values) {
        const cell = series.cell(this.#namespace, labels, this.#onOverflow[key]);
        // Values that share a label because its cap was reached share the gauge, too.
        if (set.has(cell)) cell.value = combined === 'min' ? Math.min(cell.value, value) : cell.value + value;
        else cell.value = value;
        set.add(cell);
      }
    } catch (error) {
      this.#failed(key, error);
    }
  }

  #startAtZero(keys: readonly MetricKey[]): void {
    for (const key of keys) {
      const { startAtZero = [] }: MetricDefinition = METRICS[key];
      for (const labels of startAtZero) {
        this.inc(key as CounterKey, labels as MetricLabels<CounterKey>, 0);
      }
    }
  }

  /** Made once for each metric, as most observations do not overflow. */
  #overflowCounter(metric: string): (values: number) => void {
    return (values) => {
      this.#families.seriesOverflow.series.cell(this.#namespace, { metric }, () => {}).value += values;
    };
  }

  #failed(key: MetricKey, error: unknown): void {
    // The report is counted in this very metric: a failure of it must not be reported for ever.
    if (key !== 'observerErrors') {
      this.#report('metrics', error);
    }
  }
}

function requireFinite(key: MetricKey, value: number): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${METRICS[key].name} takes finite numbers, got ${value}`);
  }
}
