/**
 * Series of a small fleet, made from the definitions: one label set for each value of a label that is known.
 *
 * @module
 */

import { OUTCOMES } from '#lib/activity/observation';
import { APPROVAL_ENDED_STATES, APPROVAL_OPEN_STATES } from '#lib/definitions/approvals';
import { EXPORTER_QUERIES } from '#lib/definitions/exporter-queries';
import { FINDING_IDS } from '#lib/definitions/findings';
import { METRICS, type MetricDefinition } from '#lib/definitions/metrics';
import { OBSERVER_PARTS } from '#lib/definitions/observer-parts';
import { LLM_ERROR_TYPES } from '#lib/llm/types';
import type { Series } from './run-promtool';
import { ALERTS } from './shipped';

/** When the series are looked at: a few minutes after what happens once has happened. */
export const AT = '38m';

const FOREVER = 60;
const STEADY = `0+6x${FOREVER}`;
const NOW = `0+60x${FOREVER}`;
const ONE = `1x${FOREVER}`;
const ZERO = `0x${FOREVER}`;
const APPEARS = '_x35 1x25';
const RISES = '0x35 1x25';

const TARGET = { job: 'j', instance: 'i' };

/** Counted all the time while agents run; all else of the counters and histograms happens once. */
const ALL_THE_TIME =
  /_(llm_call|tool_call|llm_(input|output|cache|reasoning|estimated)|llm_cost|payload_bytes|content|exporter_(requests|poll))/;

/** A fleet in which everything has happened that can: what is rare, once. */
export function eventfulFleet(): Series[] {
  return [
    ...Object.values<MetricDefinition>(METRICS).flatMap((metric) =>
      seriesOf(metric, labelSets(metric), (each) => {
        if (each.type === 'gauge') return each.name.includes('_timestamp_') ? NOW : ONE;
        if (ALL_THE_TIME.test(each.name)) return STEADY;
        return each.startAtZero === undefined ? APPEARS : RISES;
      }),
    ),
    series('up', TARGET, ONE),
    series('up', { ...TARGET, instance: 'gone' }, ZERO),
    ...[...ALERTS.names].map((alertname) =>
      series('ALERTS', { alertname, alertstate: 'firing', severity: 'info' }, ONE),
    ),
  ];
}

/** A fleet that works, and of which nothing bad was ever found. */
export function healthyFleet(): Series[] {
  const never =
    /_(errors|findings|usage_missing|model_unknown|estimated|series_overflow|dropped|failed|oldest|approvals_decided|approval_decision)/;
  const none = /_(overdue|orphaned|failing|approvals_open|spool_bytes|workers_failed)$/;
  return [
    ...Object.values<MetricDefinition>(METRICS).flatMap((metric) => {
      if (never.test(metric.name) && metric.startAtZero === undefined) return [];
      const sets = labelSets(metric).filter(({ outcome = 'ok' }) => outcome === 'ok');
      return seriesOf(metric, sets, ({ name, type, startAtZero }) => {
        if (type === 'gauge') return name.includes('_timestamp_') ? NOW : none.test(name) ? ZERO : ONE;
        return startAtZero !== undefined && never.test(name) ? ZERO : STEADY;
      });
    }),
    series('up', TARGET, ONE),
  ];
}

function seriesOf(
  metric: MetricDefinition,
  sets: readonly Readonly<Record<string, string>>[],
  values: (metric: MetricDefinition) => string,
): Series[] {
  const { name, buckets } = metric;
  return sets.flatMap((labels) => {
    const all = { ...TARGET, ...labels };
    if (buckets === undefined) return series(name, all, values(metric));
    return [
      ...[...buckets.map(String), '+Inf'].map((le) => series(`${name}_bucket`, { ...all, le }, values(metric))),
      series(`${name}_sum`, all, values(metric)),
      series(`${name}_count`, all, values(metric)),
    ];
  });
}

function labelSets({ name, labels }: MetricDefinition): Readonly<Record<string, string>>[] {
  const known: Readonly<Record<string, readonly string[]>> = {
    outcome: name.includes('approval') ? APPROVAL_ENDED_STATES : OUTCOMES,
    finding: FINDING_IDS,
    error_type: LLM_ERROR_TYPES,
    retryable: ['true', 'false'],
    state: APPROVAL_OPEN_STATES,
    part: OBSERVER_PARTS,
    query: EXPORTER_QUERIES,
  };
  return labels.reduce<Readonly<Record<string, string>>[]>(
    (sets, label) => sets.flatMap((set) => (known[label] ?? ['x']).map((value) => ({ ...set, [label]: value }))),
    [{}],
  );
}

function series(name: string, labels: Readonly<Record<string, string>>, values: string): Series {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return { series: `${name}{${matchers.join(',')}}`, values };
}
