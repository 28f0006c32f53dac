/**
 * Every metric. Code, docs, dashboards, rules and tests read this table.
 *
 * @module
 */

import { EXPORTER_METRICS } from './exporter-metrics';
import type { MetricDefinition } from './metric-definition';
import { OBSERVER_PARTS } from './observer-parts';
import { WORKER_METRICS } from './worker-metrics';

export type { MetricDefinition, MetricType } from './metric-definition';

/** What both, workers and exporter, say of themselves and of what they find. */
const COMMON_METRICS = {
  findings: {
    name: 'temporal_agent_findings_total',
    type: 'counter',
    help: 'Detected instances of failure patterns.',
    labels: ['temporal_namespace', 'finding', 'severity', 'task_type', 'workflow_type'],
  },
  observerErrors: {
    name: 'temporal_agent_observer_errors_total',
    type: 'counter',
    help: 'Errors inside the observer itself; the agent is not affected.',
    labels: ['temporal_namespace', 'part'],
    startAtZero: OBSERVER_PARTS.map((part) => ({ part })),
  },
  seriesOverflow: {
    name: 'temporal_agent_series_overflow_total',
    type: 'counter',
    help: 'Label values replaced by "other" because their label or metric reached its cap.',
    labels: ['temporal_namespace', 'metric'],
  },
  buildInfo: {
    name: 'temporal_agent_build_info',
    type: 'gauge',
    help: 'Always 1; the labels name the version in use.',
    labels: ['temporal_namespace', 'version', 'temporal_sdk_version'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export const METRICS = { ...WORKER_METRICS, ...EXPORTER_METRICS, ...COMMON_METRICS } as const;

export type MetricKey = keyof typeof METRICS;

/** Who exports: a worker or the exporter, which may share a process and a registry. */
export type MetricSource = 'worker' | 'exporter';

const KEYS_OF: Readonly<Record<MetricSource, readonly MetricKey[]>> = {
  worker: keysOf({ ...WORKER_METRICS, ...COMMON_METRICS }),
  exporter: keysOf({ ...EXPORTER_METRICS, ...COMMON_METRICS }),
};

/** The metrics that a source exports. */
export function metricKeysOf(source: MetricSource): readonly MetricKey[] {
  return KEYS_OF[source];
}

function keysOf(table: Readonly<Partial<Record<MetricKey, MetricDefinition>>>): readonly MetricKey[] {
  return Object.keys(table) as MetricKey[];
}
