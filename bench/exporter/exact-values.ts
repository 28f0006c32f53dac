/**
 * What the exporter has to export, worked out without it.
 *
 * @module
 */

import { APPROVAL_OPEN_STATES } from '#lib/definitions/approvals';
import { METRICS } from '#lib/definitions/metrics';
import type { Metrics } from '../../examples/demo/verify/metrics';
import { type PlannedAgent, planAgents, TASK_TYPES } from './population';

/** How a sample of closed runs is used, by default. */
const SAMPLE_SIZE = 1000;
const FACTOR = 1.5;

/** How far what is expected of a task type may be from the exact value, of which it is a share. */
const P95_TOLERANCE = 0.02;

export interface Percentile {
  readonly taskType: string;
  readonly sample: number;
  readonly exactSeconds: number;
  /** NaN when it is not there. */
  readonly exportedSeconds: number;
}

/** @param durations of a task type, the last to close first */
export function comparePercentile(taskType: string, durations: readonly number[], metrics: Metrics): Percentile {
  const sample = durations.slice(0, SAMPLE_SIZE);
  const expected = metrics.sumBy(METRICS.workflowExpected.name, 'task_type').get(taskType);
  return {
    taskType,
    sample: sample.length,
    exactSeconds: exact95(sample) / 1000,
    exportedSeconds: expected === undefined ? Number.NaN : expected / FACTOR,
  };
}

export function deviation({ exactSeconds, exportedSeconds }: Percentile): number {
  return Math.abs(exportedSeconds - exactSeconds) / exactSeconds;
}

export function isExact(percentile: Percentile): boolean {
  return deviation(percentile) <= P95_TOLERANCE;
}

/** The least duration that at least 95 % of the sample do not exceed. */
function exact95(sample: readonly number[]): number {
  const allowed = Math.floor(sample.length * 0.05);
  let left = [...sample];
  // The largest are taken away one by one, which is slow and leaves little to get wrong.
  for (let taken = 0; taken < allowed; taken++) {
    const largest = Math.max(...left);
    const at = left.indexOf(largest);
    left = [...left.slice(0, at), ...left.slice(at + 1)];
  }
  return Math.max(...left);
}

/** Gauges that differ from what was started, one line each. */
export function wrongGauges(agents: number, metrics: Metrics): string[] {
  const planned = [...planAgents(0, agents)];
  return expectedGauges(planned).flatMap(({ name, label, values }) => {
    const exported = metrics.sumBy(name, label);
    return [...values]
      .filter(([value, expected]) => exported.get(value) !== expected)
      .map(([value, expected]) => `${name}{${label}="${value}"} is ${exported.get(value)} instead of ${expected}`);
  });
}

function expectedGauges(agents: readonly PlannedAgent[]) {
  const byType = (matches: (agent: PlannedAgent) => boolean) =>
    count(
      TASK_TYPES,
      agents.filter(matches).map(({ taskType }) => taskType),
    );
  const states = agents.flatMap((agent) => (agent.kind === 'approval' ? [agent.state] : []));
  return [
    { name: METRICS.workflowsRunning.name, label: 'task_type', values: byType(({ kind }) => kind !== 'closed') },
    { name: METRICS.workflowsOverdue.name, label: 'task_type', values: byType(({ kind }) => kind === 'overdue') },
    {
      name: METRICS.workflowsOrphaned.name,
      label: 'task_type',
      values: byType((agent) => agent.kind === 'child' && agent.orphaned),
    },
    {
      name: METRICS.approvalsOverdue.name,
      label: 'task_type',
      values: byType((agent) => agent.kind === 'approval' && agent.dueInMs < 0),
    },
    { name: METRICS.approvalsOpen.name, label: 'state', values: count(APPROVAL_OPEN_STATES, states) },
  ];
}

/** How often each value occurs. */
function count(values: readonly string[], found: readonly string[]): ReadonlyMap<string, number> {
  return new Map(values.map((value) => [value, found.filter((one) => one === value).length]));
}
