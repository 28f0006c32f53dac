// What the grammar cannot tell: that the oldest Prometheus that is supported takes every expression, and what they come to.

import { expect, test } from 'vitest';
import { exported, growth, metric, rareQuantile, sumBy } from '../../dashboards/source/queries';
import { type Compared, checkRules, compare, type Series } from './run-promtool';
import { QUERIES } from './shipped';

/** What promtool says about what an expression should come to at a time. */
function compared(series: readonly Series[], expr: string, at: string, samples: Compared['exp_samples']): string {
  return compare(series, [{ expr, eval_time: at, exp_samples: samples }]);
}

test('Prometheus takes every query', () => {
  expect(checkRules(QUERIES.map(({ target }) => target.expr))).toContain(`${QUERIES.length} rules found`);
});

const FINDING = '{job="worker", temporal_namespace="n", task_type="t", finding="f"}';
const found = sumBy(['finding'], growth(metric('findings')));

test('a finding that is the first of its kind is counted, and is gone a window later', () => {
  const series = [{ series: `temporal_agent_findings_total${FINDING}`, values: '_x30 1x30' }];
  expect(compared(series, found, '29m', [])).toContain('SUCCESS');
  expect(compared(series, found, '32m', [{ labels: '{finding="f"}', value: 1 }])).toContain('SUCCESS');
  expect(compared(series, found, '45m', [{ labels: '{finding="f"}', value: 0 }])).toContain('SUCCESS');
});

test('findings of a series that is there are counted by how it grows', () => {
  const series = [{ series: `temporal_agent_findings_total${FINDING}`, values: '7x70 7+4x4 23x20' }];
  expect(compared(series, found, '69m', [{ labels: '{finding="f"}', value: 0 }])).toContain('SUCCESS');
  const about16 = `(${found} >= 16) <= bool 20`;
  expect(compared(series, about16, '75m', [{ labels: '{finding="f"}', value: 1 }])).toContain('SUCCESS');
});

test('a series that was away for a while is not counted again', () => {
  const series = [{ series: `temporal_agent_findings_total${FINDING}`, values: '7x30 _x20 7x20' }];
  expect(compared(series, found, '53m', [{ labels: '{finding="f"}', value: 0 }])).toContain('SUCCESS');
});

test('the first observation of a histogram has a quantile', () => {
  const labels = 'job="worker", temporal_namespace="n", task_type="t"';
  const series = [
    { series: `temporal_agent_approval_decision_seconds_bucket{${labels}, le="10"}`, values: '_x30 0x30' },
    { series: `temporal_agent_approval_decision_seconds_bucket{${labels}, le="30"}`, values: '_x30 1x30' },
    { series: `temporal_agent_approval_decision_seconds_bucket{${labels}, le="+Inf"}`, values: '_x30 1x30' },
  ];
  expect(
    compared(series, rareQuantile(0.5, 'approvalDecision', ['task_type']), '32m', [
      { labels: '{task_type="t"}', value: 20 },
    ]),
  ).toContain('SUCCESS');
});

test('replicas of the exporter are not added up, and one whose polls fail does not count', () => {
  const running = (instance: string, values: string) => [
    {
      series: `temporal_agent_workflows_running{job="e", instance="${instance}", temporal_namespace="n", task_type="t"}`,
      values,
    },
  ];
  const succeeds = (instance: string, values: string) => [
    {
      series: `temporal_agent_exporter_last_success_timestamp_seconds{job="e", instance="${instance}", temporal_namespace="n"}`,
      values,
    },
  ];
  const total = `sum(${exported('workflowsRunning')})`;
  const alike = [
    ...running('a', '3x60'),
    ...running('b', '3x60'),
    ...succeeds('a', '0+60x60'),
    ...succeeds('b', '0+60x60'),
  ];
  expect(compared(alike, total, '40m', [{ labels: '{}', value: 3 }])).toContain('SUCCESS');
  const hung = [
    ...running('a', '3x60'),
    ...running('b', '9x60'),
    ...succeeds('a', '0+60x60'),
    ...succeeds('b', '60x60'),
  ];
  expect(compared(hung, total, '40m', [{ labels: '{}', value: 3 }])).toContain('SUCCESS');
});
