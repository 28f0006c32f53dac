import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPanels, type Silent } from '../../examples/monitoring/panels/check-panels';
import type { Dashboards } from '../../examples/monitoring/panels/shipped-dashboards';
import { prometheusWith, type Recorded, type RecordedPrometheus } from './prometheus-with';

// A run of twenty minutes.
const TO = Math.floor(Date.now() / 1000);
const FROM = TO - 1200;

let prometheus: RecordedPrometheus;

beforeAll(async () => {
  prometheus = await prometheusWith([
    series('calls_total{job="w",model="m"}', (second) => second),
    series('calls_total{job="w",model="n"}', (second) => second),
    series('errors_total{job="w",model="m"}', () => 0),
    series('once_total{job="w"}', () => 7),
    series('started_total{job="other"}', () => 1),
    series('share{job="w"}', () => 1.5),
    series('unlimited{job="w"}', () => Number.POSITIVE_INFINITY),
    series('seconds_bucket{job="w",le="1"}', () => 0),
    series('seconds_bucket{job="w",le="+Inf"}', () => 0),
    ['over{job="w"}', [[FROM + 60, 1]]],
    ...Array.from({ length: 51 }, (_, i) => series(`many{job="w",run="${i}"}`, () => 1)),
  ]);
});

afterAll(() => prometheus.stop());

test.each([
  'sum by (model) (rate(calls_total{job=~"$job"}[$__rate_interval])) > 0',
  'sum(increase(calls_total[$__range]))',
  'errors_total',
  'rate(errors_total[$__rate_interval])',
  'sum(rate(calls_total[$__rate_interval])) + sum(rate(once_total[$__rate_interval]))',
])('%s returns data', async (expr) => {
  expect(await failures({ expr })).toEqual([]);
});

test('what was shown earlier in the run counts, though it is not there now', async () => {
  expect(await failures({ expr: 'over' })).toEqual([]);
  expect(await failures({ expr: 'over', instant: true })).toEqual([]);
  expect(await failures({ expr: 'over offset 1d', instant: true }, [])).toHaveLength(1);
});

test.each([
  ['sides that do not meet', 'calls_total / on (job) started_total'],
  ['a window without two samples', 'rate(calls_total[10s])'],
  ['a filter that takes away what there is', 'sum(calls_total) > 1e9 or sum(calls_total unless on (job) share)'],
])('a query that returns nothing although its subject occurred is a failure: %s', async (_, expr) => {
  const expected = [`panels: Row / Panel A: returns nothing, although its subject occurred: ${expr}`];
  expect(await failures({ expr })).toEqual(expected);
  expect(await failures({ expr }, [{ queries: /Panel/, reason: 'listing it does not help' }])).toEqual(expected);
});

test.each([
  ['no series', 'nobody_exports_this'],
  ['a counter that is still 0', 'increase(errors_total[$__rate_interval]) > 0'],
  ['a histogram that nothing was observed by', 'histogram_quantile(0.9, sum by (le) (rate(seconds_bucket[5m])))'],
])('a query whose subject did not occur has to be listed: %s', async (_, expr) => {
  expect(await failures({ expr }, [])).toEqual([
    expect.stringContaining('panels: Row / Panel A: returns nothing: let its subject occur in this run, or list it'),
  ]);
  expect(await failures({ expr }, [{ queries: /^panels: Row \/ Panel A$/, reason: 'it never happens' }])).toEqual([]);
  // Of a part of a run, nothing is listed.
  expect(await failures({ expr })).toEqual([]);
});

test('what is listed and returns data is a failure, and so is what is listed and not there', async () => {
  const silent = [
    { queries: /Panel A$/, reason: 'it never happens' },
    { queries: /Panel B$/, reason: 'it is gone' },
  ];
  expect(await failures({ expr: 'calls_total' }, silent)).toEqual([
    '/Panel B$/: listed as silent (it is gone), and no query has such a name',
    'panels: Row / Panel A: returns data: it is no longer to be listed as silent (/Panel A$/: it never happens): calls_total',
  ]);
});

test('what may occur and may not is no failure either way, but for what is empty although it occurred', async () => {
  const silent = [{ queries: /Panel A$/, reason: 'it takes its time', mayOccur: true }];
  expect(await failures({ expr: 'calls_total' }, silent)).toEqual([]);
  expect(await failures({ expr: 'nobody_exports_this' }, silent)).toEqual([]);
  expect(await failures({ expr: 'rate(calls_total[10s])' }, silent)).toHaveLength(1);
});

test('that all was counted by the first sample of a series may be listed', async () => {
  const silent = [{ queries: /Panel A$/, reason: 'it happens once' }];
  expect(await failures({ expr: 'rate(once_total[$__rate_interval])' }, silent)).toEqual([]);
});

test.each([
  ['no PromQL', { expr: 'sum(calls_total' }, /: parse error: unclosed left parenthesis/],
  ['a wrong type', { expr: 'rate(calls_total)' }, /: parse error: expected type range vector/],
  ['an unknown variable', { expr: 'calls_total{job=~"$jobs"}' }, 'there is no variable jobs'],
  ['a name by a label that is not there', { expr: 'calls_total', legendFormat: '{{tool}}' }, 'is named by tool'],
  ['too many series', { expr: 'many' }, 'returns 51 series'],
  ['more than one number', { expr: 'calls_total', type: 'stat' }, 'is one number, and returns 2'],
  ['what is not finite', { expr: 'unlimited' }, 'returns Infinity'],
  ['a share above 1', { expr: 'share', unit: 'percentunit' }, 'returns 1.5, where 0 to 1 is expected'],
  ['less than nothing', { expr: '-share' }, 'returns -1.5, where 0 to Infinity is expected'],
  ['nothing but zeros of what was counted', { expr: 'sum(rate(once_total[$__rate_interval]))' }, 'returns only 0'],
  ['a time that is none', { expr: 'share', unit: 'dateTimeFromNow' }, 'returns 1.5'],
])('%s is a failure', async (_, panel, failure) => {
  const found = await failures(panel);
  expect(found).toEqual([expect.stringMatching(failure)]);
  expect(found[0]).toContain('panels: Row / Panel A: ');
});

test('variables are asked for, panels of collapsed rows too, and all is counted', async () => {
  const dashboards = dashboardOf({ expr: 'calls_total' }, 'label_values(calls_total{job=~"$job"}, model)');
  const { summary, failures } = await check(dashboards, []);
  expect(failures).toEqual([]);
  expect(summary).toBe('2 queries, 2 with data, 0 without, as expected');
  const wrong = await check(dashboardOf({ expr: 'calls_total' }, 'label_values(calls_total{job="w"}, tool)'), []);
  expect(wrong.failures).toEqual([expect.stringContaining('panels: variable job: returns nothing, although')]);
  expect(wrong.summary).toBe('2 queries, 1 with data, 1 without, 1 not as they should be');
});

interface Asking {
  readonly expr: string;
  readonly type?: string;
  readonly unit?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

async function failures(asking: Asking, silent?: readonly Silent[]): Promise<readonly string[]> {
  return (await check(dashboardOf(asking), silent)).failures;
}

function check(dashboards: Dashboards, silent: readonly Silent[] | undefined) {
  return checkPanels({
    prometheusUrl: prometheus.url,
    run: { from: FROM, to: TO },
    timeScale: 1,
    dashboards,
    ...(silent && { silent }),
  });
}

/** A panel in a row that is collapsed. */
function dashboardOf(asking: Asking, variable = 'label_values(calls_total, job)'): Dashboards {
  const { expr, type = 'timeseries', unit = 'short', legendFormat = 'all', instant = false } = asking;
  const datasource = { type: 'prometheus', uid: 'any' };
  const gridPos = { x: 0, y: 0, w: 1, h: 1 };
  const panel = {
    id: 2,
    type,
    title: 'Panel',
    targets: [{ refId: 'A', expr, legendFormat, instant, datasource }],
    gridPos,
    fieldConfig: { defaults: { unit }, overrides: [] },
  };
  const dashboard = {
    uid: 'a',
    title: 'A',
    description: '',
    editable: false,
    schemaVersion: 42,
    tags: [],
    refresh: '1m',
    links: [],
    templating: {
      list: [
        { type: 'query', name: 'job', label: 'Job', query: variable, multi: true, includeAll: true, allValue: '.+' },
      ],
    },
    panels: [{ id: 1, type: 'row', title: 'Row', gridPos, panels: [panel] }],
  };
  return new Map([['panels', dashboard]]);
}

function series(name: string, value: (second: number) => number): Recorded {
  const values = Array.from({ length: (TO - FROM) / 15 + 1 }, (_, i) => [FROM + i * 15, value(i * 15)] as const);
  return [name, values];
}
