import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { METRICS, type MetricDefinition, type MetricKey } from '../definitions/metrics';
import type { CounterKey, GaugeKey, HistogramKey } from './metric-keys';

/** What prom-client made of the table; the client stays behind this module and the registry. */
export interface Instruments {
  readonly counters: Readonly<Record<CounterKey, Counter>>;
  readonly gauges: Readonly<Record<GaugeKey, Gauge>>;
  readonly histograms: Readonly<Record<HistogramKey, Histogram>>;
}

/**
 * Registers every metric of the table.
 *
 * @throws Error when the registry holds another metric under one of our names; nothing is registered then
 */
export function createInstruments(registry: Registry): Instruments {
  const entries = Object.entries(METRICS) as [MetricKey, MetricDefinition][];
  for (const [, definition] of entries) {
    refuseClash(registry, definition);
  }
  const made: Record<MetricDefinition['type'], Record<string, unknown>> = { counter: {}, gauge: {}, histogram: {} };
  for (const [key, definition] of entries) {
    made[definition.type][key] = registry.getSingleMetric(definition.name) ?? create(registry, definition);
  }
  return {
    counters: made.counter as Instruments['counters'],
    gauges: made.gauge as Instruments['gauges'],
    histograms: made.histogram as Instruments['histograms'],
  };
}

function create(registry: Registry, definition: MetricDefinition): Counter | Gauge | Histogram {
  const { name, help } = definition;
  const shared = { name, help, labelNames: definition.labels, registers: [registry] };
  switch (definition.type) {
    case 'counter':
      return new Counter(shared);
    case 'gauge':
      return new Gauge(shared);
    case 'histogram':
      return new Histogram({ ...shared, buckets: [...(definition.buckets ?? [])] });
  }
}

/** An equal metric is ours, made by another copy of this package, and is shared. */
function refuseClash(registry: Registry, definition: MetricDefinition): void {
  const existing = registry.getSingleMetric(definition.name) as
    | { type?: unknown; help?: unknown; labelNames?: readonly string[] }
    | undefined;
  if (existing === undefined) {
    return;
  }
  const equal =
    existing.type === definition.type &&
    existing.help === definition.help &&
    existing.labelNames?.join() === definition.labels.join();
  if (!equal) {
    throw new Error(
      `The metrics registry already holds another metric named ${definition.name}; ` +
        'remove it, or give temporal-agent-observability a registry of its own.',
    );
  }
}
