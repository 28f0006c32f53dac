import type { Metric, Registry } from 'prom-client';
import { METRICS, type MetricDefinition, type MetricKey } from '../definitions/metrics';
import { HistogramFamily, NumberFamily } from './metric-family';
import type { CounterKey, GaugeKey, HistogramKey } from './metric-keys';

/** Every metric of the table. */
export type Families = Readonly<Record<CounterKey | GaugeKey, NumberFamily> & Record<HistogramKey, HistogramFamily>>;

export function createFamilies(): Families {
  const families = (Object.entries(METRICS) as [MetricKey, MetricDefinition][]).map(([key, definition]) => [
    key,
    definition.type === 'histogram' ? new HistogramFamily(definition) : new NumberFamily(definition),
  ]);
  return Object.fromEntries(families) as Families;
}

/**
 * Registers the metrics of these keys, those that are registered already left out.
 *
 * @throws Error when the registry holds another metric under one of our names; nothing is registered then
 */
export function registerFamilies(registry: Registry, families: Families, keys: readonly MetricKey[]): void {
  const missing = keys.map((key) => families[key]).filter((family) => held(registry, family.name) !== family);
  for (const { name } of missing) {
    if (held(registry, name) !== undefined) {
      throw new Error(
        `The metrics registry already holds a metric named ${name}, made by other code or by another copy of ` +
          'temporal-agent-observability; remove it, or give the plugin a registry of its own.',
      );
    }
  }
  // A registry uses name, type, get, getForPromString and reset of a metric, whatever its class.
  for (const family of missing) registry.registerMetric(family as unknown as Metric);
}

function held(registry: Registry, name: string): unknown {
  return registry.getSingleMetric(name);
}
