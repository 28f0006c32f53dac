// What the grammar cannot tell: that the oldest Prometheus that is supported takes every expression, and what they come to.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { exported, growth, metric, rareQuantile, sumBy } from '../../dashboards/source/queries';
import { QUERIES } from './shipped';

mkdirSync('.cache', { recursive: true });
const folder = path.resolve(mkdtempSync('.cache/dashboards-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One series at a scrape a minute. */
interface Series {
  readonly series: string;
  readonly values: string;
}

interface Sample {
  readonly labels: string;
  readonly value: number;
}

test('Prometheus takes every query', () => {
  const rules = QUERIES.map(({ target }, i) => ({ record: `query:${i}`, expr: chosen(target.expr) }));
  const file = written('queries.yml', { groups: [{ name: 'queries', rules }] });
  expect(promtool('check', 'rules', '--lint=none', file)).toContain(`${rules.length} rules found`);
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

/** What promtool says about what an expression should come to at a time. */
function compared(input: readonly Series[], expr: string, time: string, samples: readonly Sample[]): string {
  const file = written('test.yml', {
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: input,
        promql_expr_test: [{ expr: chosen(expr), eval_time: time, exp_samples: samples }],
      },
    ],
  });
  return promtool('test', 'rules', file);
}

/** With everything chosen, over a window of five minutes. */
function chosen(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$__range', '6h')
    .replaceAll(/\$[a-z_]+/g, '.*');
}

function written(name: string, content: object): string {
  const file = path.join(folder, name);
  writeFileSync(file, stringify(content));
  return file;
}

/** What promtool says, whether it is content or not. */
function promtool(...args: string[]): string {
  try {
    return execFileSync('promtool', args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new Error('promtool is not on the PATH. Debian has it in the package `prometheus`.');
    }
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  }
}
