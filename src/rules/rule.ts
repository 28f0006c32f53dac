/**
 * Prometheus rules before they are text: durations in seconds, and what an alert says in parts.
 *
 * @module
 */

import type { PatternNumber } from '../definitions/patterns';

export interface RecordingRule {
  /** `level:metric:operations`. */
  readonly record: string;
  readonly expr: string;
}

/** Dashboards of the package, by their uid without its prefix. */
export type DashboardName = 'agents' | 'models' | 'approvals' | 'patterns' | 'pipeline';

export interface AlertRule {
  readonly alert: string;
  /** Critical only where a human must act now. */
  readonly severity: 'critical' | 'warning' | 'info';
  /** Of the eleven failure patterns, if it is about one. */
  readonly pattern?: PatternNumber;
  readonly expr: string;
  /** Seconds that the condition has to hold; 0 where the condition has a duration of its own. */
  readonly forSeconds: number;
  /** Seconds that it goes on firing after the condition, so that gaps do not end it. */
  readonly keepFiringSeconds: number;
  /** What is wrong, without variables. */
  readonly summary: string;
  /** Which one, and by how much; with Prometheus' templates. */
  readonly description: string;
  /** Command that lists the runs or what else is affected; without the binary's name. */
  readonly command: string;
  /** Visibility query for Temporal's UI, where a search attribute holds it. */
  readonly query?: string;
  readonly dashboard: DashboardName;
  /** Labels of the alert that become variables of the dashboard. */
  readonly variables: readonly string[];
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

export function isAlert(rule: RecordingRule | AlertRule): rule is AlertRule {
  return 'alert' in rule;
}
