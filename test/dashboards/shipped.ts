/**
 * What the tests look at in the dashboards as they are shipped.
 *
 * @module
 */

import { METRICS, type MetricDefinition } from '#lib/definitions/metrics';
import { isAlert } from '#lib/rules/rule';
import { DEFAULT_RULE_CONFIG } from '#lib/rules/rule-config';
import { ruleGroups } from '#lib/rules/rule-groups';
import { fillIn } from '../../examples/monitoring/panels/fill-in';
import { DASHBOARDS, panelsOf, queriesOf, variablesOf } from '../../examples/monitoring/panels/shipped-dashboards';
import { type Expression, parsePromQl, type Selector } from './promql';

export const PANELS = panelsOf(DASHBOARDS);
export const QUERIES = queriesOf(DASHBOARDS);
export const VARIABLES = variablesOf(DASHBOARDS);

/** The names of those of which something is not as it should be, with what is wrong. */
export function wrong<T extends { readonly name: string }>(
  things: Iterable<T>,
  problem: (thing: T) => string | false | undefined,
): string[] {
  return [...things].flatMap((thing) => {
    const what = problem(thing);
    return what === undefined || what === false ? [] : [`${thing.name}: ${what}`];
  });
}

const BY_NAME: ReadonlyMap<string, MetricDefinition> = new Map(
  Object.values<MetricDefinition>(METRICS).flatMap((metric) =>
    (metric.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((part) => [metric.name + part, metric]),
  ),
);

/** Labels that Prometheus gives to what it scrapes. */
const OF_TARGETS = ['job', 'instance'];

/** Alerts of the rules that are shipped, with every budget set, and the labels that they can have. */
export const ALERTS = shippedAlerts();

/** The definition behind the name of a series. */
export function definitionOf(name: string): MetricDefinition | undefined {
  return BY_NAME.get(name);
}

/** @throws SyntaxError for series that nothing in the package exports */
function labelsOf({ name, matchers }: Pick<Selector, 'name' | 'matchers'>): Iterable<string> {
  if (name === 'up') return OF_TARGETS;
  if (name === 'ALERTS') return ALERTS.labels;
  if (name === '') {
    const names = matchers.find(({ label }) => label === '__name__')?.value.split('|') ?? [];
    const sets = names.map((each) => new Set(labelsOf({ name: each, matchers: [] })));
    return [...(sets[0] ?? [])].filter((label) => sets.every((set) => set.has(label)));
  }
  const definition = BY_NAME.get(name);
  if (definition === undefined) throw new SyntaxError(`nothing exports ${name}`);
  return [...definition.labels, ...OF_TARGETS, ...(name.endsWith('_bucket') ? ['le'] : [])];
}

/** @throws SyntaxError for what is no PromQL, asks for what nothing exports, or for labels that a metric has not */
export function parsed(query: string): Expression {
  const chosen = (variable: string) => `any ${variable}`;
  return parsePromQl(fillIn(query, { rateInterval: '5m', interval: '1m', range: '6h', chosen }), labelsOf);
}

function shippedAlerts(): { readonly names: ReadonlySet<string>; readonly labels: ReadonlySet<string> } {
  const thresholds = { ...DEFAULT_RULE_CONFIG.thresholds, tokensPerHour: 1, costPerHourUsd: 1 };
  const rules = ruleGroups({ ...DEFAULT_RULE_CONFIG, thresholds }).flatMap((group) => group.rules.filter(isAlert));
  // What an alert is about stands in its annotations, and these can only name labels that it has.
  const labels = rules.flatMap(({ description, variables }) => [
    ...variables,
    ...[...description.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
  ]);
  return {
    names: new Set(rules.map(({ alert }) => alert)),
    labels: new Set(['alertname', 'alertstate', 'severity', 'pattern', ...labels]),
  };
}
