/**
 * What all durations are divided by: a quarter of an hour, for which findings are shown, becomes a minute. More would not
 * do, for the exporter asks Temporal twice a second at most, whatever the scale, and after a restart it has much to ask.
 */
export const TIME_SCALE = 15;

/** As somebody gives them to `render`: budgets, without which two alerts do not exist, and calls that are soon slow. */
export const THRESHOLDS = { modelLatencySeconds: 1, tokensPerHour: 10_000_000, costPerHourUsd: 50 } as const;

/** The same in the rehearsal, whose hours are shorter. */
export const SCALED_THRESHOLDS = {
  ...THRESHOLDS,
  tokensPerHour: THRESHOLDS.tokensPerHour * TIME_SCALE,
  costPerHourUsd: THRESHOLDS.costPerHourUsd * TIME_SCALE,
} as const;

/** Namespace of the agents that get stuck. */
export const STUCK_NAMESPACE = 'stuck';

/** Namespaces of the troubles, by their names. */
export const TROUBLE_NAMESPACES = ['trouble-models', 'trouble-runs', 'trouble-content', 'trouble-workers'] as const;

/** Namespace of the exporter that is in trouble itself; the other exporter does not watch it. */
export const EXPORTER_NAMESPACE = 'trouble-exporter';

/** Of task types, as the exporter is told. */
export const EXPECTED_DURATIONS = { investigate: '3s' } as const;

/** Each pattern has a namespace of its own, so that no alert can be taken for another's. */
export function namespaceOf(directory: string): string {
  return `pattern-${directory}`;
}
