import { expect, test } from 'vitest';
import { EXPORTER_METRICS } from '#lib/definitions/exporter-metrics';
import { METRICS, type MetricDefinition } from '#lib/definitions/metrics';
import { DASHBOARDS, labelValues } from '../../examples/monitoring/panels/shipped-dashboards';
import { ALERTS, definitionOf, PANELS, parsed, QUERIES, VARIABLES, wrong } from './shipped';

/** Gauges that every replica of the exporter exports alike. */
const SHARED = Object.values<MetricDefinition>(EXPORTER_METRICS)
  .filter(({ type }) => type === 'gauge')
  .map(({ name }) => name);

/** What of some labels a query has not. */
function lacking(expr: string, labels: readonly (string | undefined)[]): string | false {
  const { labels: has } = parsed(expr);
  const missing = labels.filter((label) => label === undefined || !has.has(label));
  return missing.length > 0 && `has no ${missing.join()}`;
}

test('every query asks for metrics and labels that exist', () => {
  expect(QUERIES.length).toBeGreaterThan(80);
  for (const { target } of QUERIES) parsed(target.expr);
});

test('every variable lists the values of a label that its metrics have', () => {
  for (const variable of VARIABLES) {
    if (variable.type !== 'query') continue;
    const { selector, label } = labelValues(variable);
    expect([...parsed(selector).labels]).toContain(label);
    expect(label).toBe(variable.name);
  }
});

test('series are named by labels that they have', () => {
  const named = (legend: string) => [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
  expect(wrong(QUERIES, ({ target }) => lacking(target.expr, named(target.legendFormat)))).toEqual([]);
});

test('series of one query differ in their names', () => {
  const left = (query: (typeof QUERIES)[number]) =>
    [...parsed(query.target.expr).labels].filter((label) => !query.target.legendFormat.includes(`{{${label}}}`));
  const graphs = QUERIES.filter(({ panel }) => panel.type !== 'table');
  expect(wrong(graphs, (query) => left(query).length > 0 && `leaves out ${left(query).join()}`)).toEqual([]);
});

test('links are filled in by labels that the series have', () => {
  const linked = QUERIES.flatMap(({ name, panel, target }) =>
    (panel.fieldConfig?.defaults.links ?? []).map(({ url }) => ({ name, panel, target, url })),
  );
  expect(linked.length).toBeGreaterThan(30);
  expect(
    wrong(linked, ({ panel, target, url }) => {
      const fields = [...url.matchAll(/\$\{(__[\w.]+)\.(\w+)(?::\w+)?\}/g)];
      const ofPanel = panel.type === 'table' ? '__data.fields' : '__field.labels';
      if (fields.some(([, of]) => of !== ofPanel)) return `a ${panel.type} has no such fields: ${url}`;
      return lacking(
        target.expr,
        fields.map(([, , label]) => label),
      );
    }),
  ).toEqual([]);
});

test('tables have a column for each label', () => {
  const tables = QUERIES.filter(({ panel }) => panel.type === 'table');
  expect(
    wrong(tables, ({ panel, target }) => {
      const order = panel.transformations?.find(({ id }) => id === 'organize')?.options.indexByName ?? {};
      const columns = Object.keys(order).filter((name) => !name.startsWith('Value'));
      const labels = [...parsed(target.expr).labels];
      return columns.sort().join() !== labels.sort().join() && `${columns.join()} for ${labels.join()}`;
    }),
  ).toEqual([]);
});

test('gauges that the replicas of the exporter share are never added up', () => {
  const shared = QUERIES.flatMap(({ name, target }) =>
    parsed(target.expr)
      .selectors.filter((selector) => SHARED.includes(selector.name))
      .map(({ aggregation }) => ({ name, aggregation })),
  );
  expect(shared.length).toBeGreaterThan(20);
  expect(wrong(shared, ({ aggregation = 'none' }) => !['max', 'min'].includes(aggregation) && aggregation)).toEqual([]);
});

test('every alert that is named is in the rules, and every alert of the rules is shown', () => {
  const named = QUERIES.flatMap(({ target }) => parsed(target.expr).selectors)
    .filter(({ name }) => name === 'ALERTS')
    .flatMap(({ matchers }) => matchers.find(({ label }) => label === 'alertname')?.value.split('|') ?? []);
  expect([...new Set(named)].sort()).toEqual([...ALERTS.names].sort());
});

test('every metric is shown', () => {
  const asked = QUERIES.flatMap(({ target }) => parsed(target.expr).selectors.map(({ name }) => definitionOf(name)));
  const missing = Object.values<MetricDefinition>(METRICS).filter((metric) => !asked.includes(metric));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test('a dashboard uses every variable that it has, and has every variable that it uses', () => {
  for (const [name, { templating, panels }] of DASHBOARDS) {
    const used = [...JSON.stringify(panels).matchAll(/\$\{?([a-z][a-z_]*)/g)].map(([, variable]) => variable);
    expect([...new Set(used)].sort(), name).toEqual(templating.list.map((variable) => variable.name).sort());
  }
});

test('every query is narrowed by every choice that it has the label of', () => {
  const selectors = QUERIES.flatMap(({ name, target }) =>
    parsed(target.expr).selectors.map((selector) => ({ name, selector })),
  );
  expect(
    wrong(selectors, ({ selector }) => {
      const ignored = ['temporal_namespace', 'task_type', 'model'].filter(
        (choice) =>
          definitionOf(selector.name)?.labels.includes(choice) &&
          !selector.matchers.some(({ label, value }) => label === choice && value === `any ${choice}`),
      );
      return ignored.length > 0 && `${selector.name} whatever ${ignored.join()}`;
    }),
  ).toEqual([]);
});

test('panels that show the same are not there twice', () => {
  for (const name of DASHBOARDS.keys()) {
    const shown = PANELS.filter(({ dashboard }) => dashboard === name).map(
      ({ panel }) => `${panel.type} ${panel.title}`,
    );
    expect(shown).toEqual([...new Set(shown)]);
  }
});
