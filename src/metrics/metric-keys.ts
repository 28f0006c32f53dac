import type { METRICS, MetricKey, MetricType } from '../definitions/metrics';

type Table = typeof METRICS;
type KeyOf<T extends MetricType> = { [K in MetricKey]: Table[K]['type'] extends T ? K : never }[MetricKey];

export type CounterKey = KeyOf<'counter'>;
export type GaugeKey = KeyOf<'gauge'>;
export type HistogramKey = KeyOf<'histogram'>;

/** Labels that a caller gives; `temporal_namespace` is filled in. */
export type MetricLabels<K extends MetricKey> = Readonly<
  Record<Exclude<Table[K]['labels'][number], 'temporal_namespace'>, string>
>;

/** One value of a gauge. */
export interface GaugeValue<K extends GaugeKey> {
  readonly labels: MetricLabels<K>;
  readonly value: number;
}
