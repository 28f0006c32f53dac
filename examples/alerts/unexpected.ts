import { EXAMPLES } from '../patterns/examples';
import { EXPECTATIONS } from './expectations';
import type { Report } from './report';
import { EXPORTER_NAMESPACE, namespaceOf, STUCK_NAMESPACE } from './settings';
import { STUCK_ALERTS } from './stuck-agents';
import type { Surroundings } from './surroundings';
import { TROUBLES } from './troubles/play';

/**
 * How long it takes at most until an alert begins that is about the last moment of the broken agent: a scrape and an
 * evaluation, each a second, and what a busy machine adds. What the fixed agent does is checked by its findings, too.
 */
const SEEN_MS = 5_000;

/**
 * Everything that has fired, whether it was delivered or held back by another alert, against what may. That nothing
 * begins to fire after an agent was mended shows in `startsAt`.
 */
export async function reportUnexpected(
  { monitoring }: Pick<Surroundings, 'monitoring'>,
  mendedAt: ReadonlyMap<string, number>,
  report: Report,
): Promise<void> {
  const unexpected = new Set<string>();
  for (const { alertname = '', temporal_namespace = '' } of await monitoring.fired()) {
    if (!expectedIn(temporal_namespace).has(alertname))
      unexpected.add(`${alertname} in ${temporal_namespace || 'none'}`);
  }
  for (const { alert } of monitoring.receiver.deliveries) {
    const { alertname = '', temporal_namespace = '' } = alert.labels;
    if (!expectedIn(temporal_namespace).has(alertname))
      unexpected.add(`${alertname} in ${temporal_namespace || 'none'}`);
    const mended = mendedAt.get(temporal_namespace);
    const laterMs = mended === undefined ? 0 : Date.parse(alert.startsAt) - mended;
    if (laterMs > SEEN_MS) {
      const seconds = (laterMs / 1000).toFixed(1);
      unexpected.add(`${alertname} in ${temporal_namespace}, ${seconds} s after the agent was mended`);
    }
  }
  for (const what of unexpected) report.line('unexpected', what);
  report.unexpected += unexpected.size;
}

function expectedIn(namespace: string): ReadonlySet<string> {
  if (namespace === STUCK_NAMESPACE) return STUCK_ALERTS;
  const example = EXAMPLES.find(({ directory }) => namespaceOf(directory) === namespace);
  if (example === undefined) return expectedOfTroubles(namespace);
  const { matching, also, besides } = EXPECTATIONS[example.pattern];
  return new Set([matching.alert, ...Object.keys({ ...also, ...besides })]);
}

/** Alerts without a namespace are those of the exporter in trouble, whose Prometheus is its own. */
function expectedOfTroubles(namespace: string): ReadonlySet<string> {
  const troubles = TROUBLES.filter((trouble) => trouble.namespace === (namespace || EXPORTER_NAMESPACE));
  return new Set(troubles.flatMap(({ alerts }) => alerts.map(({ alert }) => alert)));
}
