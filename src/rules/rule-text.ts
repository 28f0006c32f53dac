/**
 * Rules as Prometheus reads them.
 *
 * @module
 */

import { stringify } from 'yaml';
import { PromQl } from './promql';
import { type AlertRule, isAlert, type RuleGroup } from './rule';
import type { RuleConfig } from './rule-config';

const BINARY = 'temporal-agent-observability';

/** Uid of a dashboard in Grafana. */
export function dashboardUid(name: AlertRule['dashboard']): string {
  return `${BINARY}-${name}`;
}

/** One rule file, the same text for the same configuration. */
export function ruleText(groups: readonly RuleGroup[], config: RuleConfig): string {
  return stringify(ruleFile(groups, config), { lineWidth: 0 });
}

/** The content of a rule file, which is also the `spec` of a PrometheusRule. */
export function ruleFile(groups: readonly RuleGroup[], config: RuleConfig): object {
  const promQl = new PromQl(config);
  return {
    groups: groups.map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => (isAlert(rule) ? alertOf(rule, promQl, config) : { ...rule })),
    })),
  };
}

function alertOf(rule: AlertRule, promQl: PromQl, { urls }: RuleConfig): object {
  const { alert, expr, forSeconds, keepFiringSeconds, severity, pattern, summary, description, command, query } = rule;
  const variables = rule.variables.map((label) => `var-${label}={{ $labels.${label} | urlquery }}`);
  return {
    alert,
    expr,
    ...(forSeconds > 0 && { for: promQl.duration(forSeconds) }),
    ...(keepFiringSeconds > 0 && { keep_firing_for: promQl.duration(keepFiringSeconds) }),
    labels: { severity, ...(pattern !== undefined && { pattern: String(pattern) }) },
    annotations: {
      summary,
      description,
      command: `${BINARY} ${command}`,
      ...(query !== undefined && { query }),
      runbook_url: `${urls.runbooks}/${alert}.md`,
      dashboard_url: `${urls.grafana}/d/${dashboardUid(rule.dashboard)}${variables.length > 0 ? `?${variables.join('&')}` : ''}`,
    },
  };
}
