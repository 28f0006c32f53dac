// The rules of Grafana's dashboard linter (github.com/grafana/dashboard-linter), by their names there. Here they hold for
// panels of every type, where the linter looks at some.

import { expect, test } from 'vitest';
import { DASHBOARDS, labelValues, type Query } from '../../examples/monitoring/panels/shipped-dashboards';
import { EXCEPTIONS, isExcepted, RULES_LEFT_OUT } from './linter-exceptions';
import { PANELS, parsed, QUERIES, VARIABLES, wrong } from './shipped';

/** Of Grafana's units, those that the dashboards use. */
const UNITS: readonly unknown[] = [
  'short',
  's',
  'bytes',
  'percentunit',
  'currencyUSD',
  'cps',
  'cpm',
  'reqps',
  'dateTimeFromNow',
];

const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };

const WITH_QUERIES = PANELS.filter(({ panel }) => panel.type !== 'text');
const QUERIED = VARIABLES.filter(({ type }) => type === 'query');

function queriesUnder(rule: string): readonly Query[] {
  return QUERIES.filter((query) => !isExcepted(rule, query));
}

test('template-datasource-rule', () => {
  for (const { templating } of DASHBOARDS.values()) {
    expect(templating.list.filter(({ type }) => type === 'datasource')).toEqual([
      expect.objectContaining({ name: 'datasource', label: 'Data source', query: 'prometheus' }),
    ]);
  }
});

test('template-job-rule', () => {
  for (const { templating } of DASHBOARDS.values()) {
    expect(templating.list).toContainEqual(
      expect.objectContaining({
        name: 'job',
        type: 'query',
        label: 'Job',
        datasource: DATASOURCE,
        multi: true,
        allValue: '.+',
      }),
    );
  }
});

test('template-label-promql-rule', () => {
  expect(QUERIED).not.toEqual([]);
  expect(wrong(QUERIED, (variable) => failure(labelValues(variable).selector))).toEqual([]);
});

test('template-on-time-change-reload-rule', () => {
  expect(wrong(QUERIED, ({ refresh }) => refresh !== 2 && `refresh is ${refresh}`)).toEqual([]);
});

test('uneditable-dashboard', () => {
  for (const { editable } of DASHBOARDS.values()) expect(editable).toBe(false);
});

test('panel-datasource-rule', () => {
  for (const { panel } of PANELS) {
    for (const { datasource } of [panel, ...(panel.targets ?? [])]) expect(datasource).toEqual(DATASOURCE);
  }
});

test('panel-title-description-rule', () => {
  expect(
    wrong(
      PANELS,
      ({ panel: { title, description = '' } }) => (title === '' || description === '') && 'says too little',
    ),
  ).toEqual([]);
});

test('panel-units-rule', () => {
  const units = ({ panel }: (typeof PANELS)[number]) => [
    panel.fieldConfig?.defaults.unit,
    ...(panel.fieldConfig?.overrides ?? [])
      .flatMap(({ properties }) => properties)
      .filter(({ id }) => id === 'unit')
      .map(({ value }) => value),
  ];
  expect(
    wrong(WITH_QUERIES, (panel) => units(panel).some((unit) => !UNITS.includes(unit)) && units(panel).join()),
  ).toEqual([]);
});

test('panel-no-targets-rule', () => {
  expect(wrong(WITH_QUERIES, ({ panel }) => (panel.targets ?? []).length === 0 && 'asks nothing')).toEqual([]);
});

test('target-promql-rule', () => {
  expect(wrong(QUERIES, ({ target }) => failure(target.expr))).toEqual([]);
});

test('target-rate-interval-rule', () => {
  const fixed = /\bi?rate\([^()]*\[(?!\$__rate_interval\])/;
  expect(fixed.test('rate(a{b="c"}[5m])')).toBe(true);
  expect(
    wrong(queriesUnder('target-rate-interval-rule'), ({ target }) => fixed.test(target.expr) && target.expr),
  ).toEqual([]);
});

test('target-job-rule', () => {
  const chosen = (query: Query) =>
    parsed(query.target.expr).selectors.every(({ matchers }) =>
      matchers.some(({ label, operator, value }) => label === 'job' && operator === '=~' && value === 'any job'),
    );
  expect(wrong(queriesUnder('target-job-rule'), (query) => !chosen(query) && query.target.expr)).toEqual([]);
});

test('target-counter-agg-rule', () => {
  const bare = (query: Query) =>
    parsed(query.target.expr).selectors.some(
      ({ name, range, function: call = '' }) =>
        name.endsWith('_total') && (range === undefined || !['rate', 'irate', 'increase'].includes(call)),
    );
  expect(wrong(queriesUnder('target-counter-agg-rule'), (query) => bare(query) && query.target.expr)).toEqual([]);
});

test('no exception covers nothing, and each says why', () => {
  for (const { covers, reason } of EXCEPTIONS) {
    expect(QUERIES.some(covers)).toBe(true);
    expect(reason).not.toBe('');
  }
  for (const reason of Object.values(RULES_LEFT_OUT)) expect(reason).not.toBe('');
});

function failure(query: string): string | undefined {
  try {
    parsed(query);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
