import type { Metric, Registry } from 'prom-client';
import { METRICS, type MetricDefinition, type MetricKey } from '../definitions/metrics';
import { HistogramFamily, NumberFamily } from './metric-family';
import type { CounterKey, GaugeKey, HistogramKey } from './metric-keys';

/** Every metric of the table. */
export type Families = Readonly<Record<CounterKey | GaugeKey, NumberFamily> & Record<HistogramKey, HistogramFamily>>;

/**
 * Registers every metric of the table.
 *
 * @throws Error when the registry holds another metric under one of our names; nothing is registered then
 */
export function registerFamilies(registry: Registry): Families {
  const definitions = Object.entries(METRICS) as [MetricKey, MetricDefinition][];
  for (const [, { name }] of definitions) {
    if (registry.getSingleMetric(name) !== undefined) {
      throw new Error(
        `The metrics registry already holds a metric named ${name}, made by other code or by another copy of ` +
          'temporal-agent-observability; remove it, or give the plugin a registry of its own.',
      );
    }
  }
  const families = definitions.map(([key, definition]) => {
    const family = definition.type === 'histogram' ? new HistogramFamily(definition) : new NumberFamily(definition);
    // A registry uses name, type, get, getForPromString and reset of a metric, whatever its class.
    registry.registerMetric(family as unknown as Metric);
    return [key, family];
  });
  return Object.fromEntries(families) as Families;
}
