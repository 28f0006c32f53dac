/**
 * The dashboards as they are shipped, and what the tests look at in them.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS, type MetricDefinition } from '#lib/definitions/metrics';
import { isAlert } from '#lib/rules/rule';
import { DEFAULT_RULE_CONFIG } from '#lib/rules/rule-config';
import { ruleGroups } from '#lib/rules/rule-groups';
import { type Expression, filledIn, parsePromQl, type Selector } from './promql';

export const FOLDER = 'dashboards';

export interface DataSource {
  readonly type: string;
  readonly uid: string;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly format?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly datasource: DataSource;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: DataSource;
  readonly targets?: readonly Target[];
  readonly interval?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly indexByName?: Readonly<Record<string, number>> };
  }[];
  readonly options?: { readonly content?: string };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
      readonly links?: readonly { readonly title: string; readonly url: string; readonly targetBlank: boolean }[];
    };
    readonly overrides: readonly {
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly label: string;
  readonly query: string;
  readonly datasource?: DataSource;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly refresh: string;
  readonly links: readonly { readonly type: string; readonly tags: readonly string[]; readonly includeVars: boolean }[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

/** By file name without its ending. */
export const DASHBOARDS: ReadonlyMap<string, Dashboard> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [path.basename(file, '.json'), JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'))]),
);

export interface ShownPanel {
  /** Tells it apart in the message of a failed test. */
  readonly name: string;
  readonly panel: Panel;
}

/** Panels with something in them: rows are left out. */
export const PANELS: readonly ShownPanel[] = [...DASHBOARDS].flatMap(([dashboard, { panels }]) =>
  panels
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({ name: `${dashboard}: ${panel.title} (${panel.id})`, panel })),
);

export interface Query extends ShownPanel {
  readonly target: Target;
}

export const QUERIES: readonly Query[] = PANELS.flatMap(({ name, panel }) =>
  (panel.targets ?? []).map((target) => ({ name: `${name} ${target.refId}`, panel, target })),
);

export const VARIABLES: readonly (Variable & { readonly dashboard: string })[] = [...DASHBOARDS].flatMap(
  ([dashboard, { templating }]) => templating.list.map((variable) => ({ ...variable, dashboard })),
);

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
  return parsePromQl(filledIn(query), labelsOf);
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
