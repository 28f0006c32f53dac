/**
 * What all durations are divided by: a quarter of an hour, for which findings are shown, becomes a minute. More would not
 * do, for the exporter asks Temporal twice a second at most, whatever the scale, and after a restart it has much to ask.
 */
export const TIME_SCALE = 15;

/** Namespace of the agents that get stuck. */
export const STUCK_NAMESPACE = 'stuck';

/** Of task types, as the exporter is told. */
export const EXPECTED_DURATIONS = { investigate: '3s' } as const;

/** Each pattern has a namespace of its own, so that no alert can be taken for another's. */
export function namespaceOf(directory: string): string {
  return `pattern-${directory}`;
}
