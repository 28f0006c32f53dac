import type { MetricKey } from '../../definitions/metrics';
import { labelled, MINUTE_SECONDS, quoted, shell } from '../alert';
import type { PromQl } from '../promql';
import type { AlertRule } from '../rule';
import type { AlertThresholds, Budget } from '../rule-config';

const HOUR_SECONDS = 3600;

/** What task types spend, where a budget is set. */
export function budgetRules(promQl: PromQl, thresholds: AlertThresholds): readonly AlertRule[] {
  const { namespace, taskType } = promQl;
  const over = (budget: keyof Budget, ...keys: readonly MetricKey[]) => overBudget(promQl, thresholds, budget, keys);
  const which = `Task type ${labelled(taskType)} in namespace ${labelled(namespace)}`;
  const shared = {
    forSeconds: 5 * MINUTE_SECONDS,
    keepFiringSeconds: 10 * MINUTE_SECONDS,
    severity: 'warning',
    pattern: 3,
    query: `ExecutionStatus = 'Running' AND AgentTaskType = ${quoted(taskType)}`,
    dashboard: 'models',
    variables: [namespace, taskType],
  } as const;
  const spenders = (order: 'tokens' | 'cost') =>
    `calls --namespace ${shell(namespace)} --task-type ${shell(taskType)} --sort ${order} --since 1h`;
  return [
    {
      ...shared,
      alert: 'TemporalAgentTokenBurn',
      command: spenders('tokens'),
      expr: over('tokensPerHour', 'llmInputTokens', 'llmOutputTokens'),
      summary: 'A task type uses more tokens than its budget',
      description: `${which} uses {{ $value | humanize }} tokens an hour. Look for agents that loop.`,
    },
    {
      ...shared,
      alert: 'TemporalAgentCostBurn',
      command: spenders('cost'),
      expr: over('costPerHourUsd', 'llmCost'),
      summary: 'A task type costs more than its budget',
      description: `${which} costs {{ $value | humanize }} US dollars an hour. Look for agents that loop.`,
    },
  ].filter(({ expr }) => expr !== '');
}

/** Task types whose sum of these counters is over their budget; empty where none has one. */
function overBudget(
  promQl: PromQl,
  { taskTypes, ...general }: AlertThresholds,
  budget: keyof Budget,
  keys: readonly MetricKey[],
): string {
  const own = [...taskTypes].flatMap(([taskType, { [budget]: limit }]) =>
    limit === undefined ? [] : [{ taskType, limit }],
  );
  const others = own.map(({ taskType }) => matcher(promQl, '!=', taskType)).join(', ');
  const limits = [
    { matchers: others, limit: general[budget] },
    ...own.map(({ taskType, limit }) => ({ matchers: matcher(promQl, '=', taskType), limit })),
  ];
  return limits
    .filter(({ limit }) => Number.isFinite(limit))
    .map(({ matchers, limit }) => `${total(keys.map((key) => perHour(promQl, key, matchers)))} > ${limit}`)
    .join(' or ');
}

/** Of what is not there, too: a model that embeds has no output. */
function total(terms: readonly string[]): string {
  return terms.length === 1 ? terms.join() : `(${[terms.join(' + '), ...terms].join(' or ')})`;
}

function perHour(promQl: PromQl, key: MetricKey, matchers: string): string {
  const rate = `rate(${promQl.metric(key, matchers)}[${promQl.duration(HOUR_SECONDS)}])`;
  return `sum by (${promQl.byTaskType}) (${rate}) * ${HOUR_SECONDS}`;
}

/** Task types hold what they like, and PromQL escapes in strings as JSON does. */
function matcher({ taskType: label }: PromQl, operator: '=' | '!=', taskType: string): string {
  return `${label}${operator}${JSON.stringify(taskType)}`;
}
