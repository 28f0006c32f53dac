import type { MetricDefinition, MetricType } from '../definitions/metrics';
import { type LabelSet, type Series, SeriesTable } from './series-table';

/** A sample as prom-client's registry takes it. */
interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  /** Labels that many samples have in common, which the registry formats once. */
  readonly sharedLabels?: LabelSet;
  readonly value: number;
}

/** What a registry asks of a metric when it is scraped. */
interface Collected {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly aggregator: 'sum';
  readonly values: Sample[];
}

/**
 * A metric that a prom-client registry can hold. Its own metrics validate and hash every label at every observation,
 * which for the dozen observations of one model call costs more than the rest of observing it.
 */
abstract class MetricFamily<Cell> {
  /** Not readonly: a registry in OpenMetrics format takes the suffix `_total` off it. */
  name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly aggregator = 'sum';
  readonly series: SeriesTable<Cell>;

  constructor({ name, help, type, labels }: MetricDefinition, createCell: () => Cell) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.series = new SeriesTable(labels, createCell);
  }

  /** For the registry: values with all their labels. */
  async get(): Promise<Collected> {
    return this.#collect(({ sharedLabels, labels, ...sample }) => ({
      ...sample,
      labels: { ...labels, ...sharedLabels },
    }));
  }

  /** For the registry: the same, as it is best turned into text. */
  async getForPromString(): Promise<Collected> {
    return this.#collect((sample) => sample);
  }

  /** For the registry. */
  reset(): void {
    this.series.clear();
  }

  protected abstract samples(series: Series<Cell>): Sample[];

  #collect(shape: (sample: Sample) => Sample): Collected {
    const { name, help, type, aggregator } = this;
    const values: Sample[] = [];
    for (const series of this.series.all()) {
      for (const sample of this.samples(series)) {
        values.push(shape(sample));
      }
    }
    return { name, help, type, aggregator, values };
  }
}

interface NumberCell {
  value: number;
}

/** A counter or a gauge. */
export class NumberFamily extends MetricFamily<NumberCell> {
  constructor(definition: MetricDefinition) {
    super(definition, () => ({ value: 0 }));
  }

  protected override samples({ labels, cell }: Series<NumberCell>): Sample[] {
    return [{ labels, value: cell.value }];
  }
}

interface HistogramCell {
  /** Observations by the first bucket that holds them; the last is `+Inf`. */
  readonly buckets: number[];
  sum: number;
}

export class HistogramFamily extends MetricFamily<HistogramCell> {
  readonly #bounds: readonly number[];

  constructor(definition: MetricDefinition) {
    const bounds = definition.buckets ?? [];
    super(definition, () => ({ buckets: new Array(bounds.length + 1).fill(0), sum: 0 }));
    this.#bounds = bounds;
  }

  observe(cell: HistogramCell, value: number): void {
    let index = 0;
    while (index < this.#bounds.length && value > (this.#bounds[index] ?? 0)) {
      index++;
    }
    cell.buckets[index] = (cell.buckets[index] ?? 0) + 1;
    cell.sum += value;
  }

  protected override samples({ labels: sharedLabels, cell }: Series<HistogramCell>): Sample[] {
    const samples: Sample[] = [];
    let count = 0;
    cell.buckets.forEach((observations, index) => {
      count += observations;
      const le = this.#bounds[index] ?? '+Inf';
      samples.push({ metricName: `${this.name}_bucket`, labels: { le }, sharedLabels, value: count });
    });
    samples.push({ metricName: `${this.name}_sum`, labels: {}, sharedLabels, value: cell.sum });
    samples.push({ metricName: `${this.name}_count`, labels: {}, sharedLabels, value: count });
    return samples;
  }
}
