/**
 * The alerts of the package, as dashboards show them.
 *
 * @module
 */

import type { PatternNumber } from '#lib/definitions/patterns';
import { type AlertRule, type DashboardName, isAlert } from '#lib/rules/rule';
import { DEFAULT_RULE_CONFIG } from '#lib/rules/rule-config';
import { ruleGroups } from '#lib/rules/rule-groups';
import { type PanelMaker, table } from './panels';

/** Every alert, those included that are only there once a budget is set. */
export const ALERTS: readonly AlertRule[] = ruleGroups({
  ...DEFAULT_RULE_CONFIG,
  thresholds: { ...DEFAULT_RULE_CONFIG.thresholds, tokensPerHour: 1, costPerHourUsd: 1 },
}).flatMap(({ rules }) => rules.filter(isAlert));

export function alertsOfDashboard(name: DashboardName): readonly string[] {
  return ALERTS.filter(({ dashboard }) => dashboard === name).map(({ alert }) => alert);
}

export function alertsOfPattern(number: PatternNumber): readonly AlertRule[] {
  return ALERTS.filter(({ pattern }) => pattern === number);
}

/** Labels that every alert table shows; which of them an alert has depends on what it is about. */
const COLUMNS = ['alertstate', 'severity', 'alertname', 'temporal_namespace'] as const;

export interface AlertTableSpec {
  readonly names: readonly string[];
  /** Further labels that say what the alerts are about. */
  readonly about: readonly string[];
  readonly width: number;
  readonly height?: number;
}

/** What fires now or is about to, of some alerts. */
export function alertTable({ names, about, ...size }: AlertTableSpec): PanelMaker {
  const columns = [...COLUMNS, ...about];
  // An alert that is not about a namespace or a task type has no such label, and is shown whichever is chosen.
  const chosen = columns
    .filter((label) => label === 'temporal_namespace' || label === 'task_type')
    .map((label) => `${label}=~"$${label}|"`);
  const matchers = [`alertname=~"${names.join('|')}"`, ...chosen].join(', ');
  return table({
    ...size,
    title: 'Alerts',
    description:
      'Alerts of this package that fire, and those that wait for their time (pending). The annotations of a notification name the command that lists the runs, and the runbook.',
    unit: 'short',
    queries: [{ expr: `max by (${columns.join(', ')}) (ALERTS{${matchers}})`, legend: 'active' }],
    noValue: 'No alert fires. Where Prometheus has not loaded the rules, none ever does.',
    columns,
    hideValues: true,
    words: { column: 'alertstate', values: { firing: { color: 'red' }, pending: { color: 'orange' } } },
  });
}
