import { expect, test } from 'vitest';
import { parsed } from './shipped';

const FINDINGS = 'temporal_agent_findings_total{job=~"$job"}';

test.each([
  ['what is no PromQL', `sum(${FINDINGS}`],
  ['a function that there is not', `deltas(${FINDINGS}[5m])`],
  ['a metric that nothing exports', 'temporal_agent_finding_total'],
  ['a histogram without its parts', 'temporal_agent_llm_call_duration_seconds'],
  ['a matcher on a label that the metric has not', 'temporal_agent_workflows_running{model="a"}'],
  ['a group by a label that the metric has not', `sum by (model) (${FINDINGS})`],
  ['a group by a label that is gone', `sum by (finding) (sum by (severity) (${FINDINGS}))`],
  ['a match on a label that one side has not', `${FINDINGS} and on (finding) temporal_agent_workflows_running`],
  ['sides that never match', `sum by (finding) (${FINDINGS}) / sum by (severity) (${FINDINGS})`],
  ['a quantile of what has no buckets', `histogram_quantile(0.9, sum by (finding) (${FINDINGS}))`],
  ['a quantile whose buckets were added up', 'histogram_quantile(0.9, sum(temporal_agent_workflow_tokens_bucket))'],
])('the tests of the dashboards refuse %s', (_, query) => {
  expect(() => parsed(query)).toThrow(SyntaxError);
});

test.each([
  [`sum(${FINDINGS})`, []],
  [`sum by (finding) (increase(${FINDINGS}[$__rate_interval])) > 0`, ['finding']],
  [
    'time() - max by (temporal_namespace) (temporal_agent_exporter_last_success_timestamp_seconds)',
    ['temporal_namespace'],
  ],
  ['histogram_quantile(0.9, sum by (task_type, le) (rate(temporal_agent_workflow_tokens_bucket[1h])))', ['task_type']],
  [`count by (severity) (${FINDINGS} and on (job) (up == 0))`, ['severity']],
])('%s has the labels %j', (query, labels) => {
  expect([...parsed(query).labels]).toEqual(labels);
});

test('a selector knows its range, its function and its aggregation', () => {
  const [selector] = parsed(`max(sum by (finding) (last_over_time(${FINDINGS}[1h] offset $__range)))`).selectors;
  expect(selector).toEqual({
    name: 'temporal_agent_findings_total',
    matchers: [{ label: 'job', operator: '=~', value: 'any job' }],
    range: '1h',
    function: 'last_over_time',
    aggregation: 'sum',
  });
});
