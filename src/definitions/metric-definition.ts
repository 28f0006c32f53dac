export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** What values that share their labels become, which happens beyond a cap on label values. Their sum unless it says `min`. */
  readonly combined?: 'min';
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
  /**
   * Label sets that start at 0, so that the first increase is seen: `increase()` of a counter that first appears at 1
   * is 0. `temporal_namespace` is added to each.
   */
  readonly startAtZero?: readonly Readonly<Record<string, string>>[];
}
