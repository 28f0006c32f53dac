import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { METRIC_LABEL_MAX_CHARS, METRIC_LABEL_VALUES_MAX, METRIC_SERIES_MAX } from '#lib/definitions/limits';
import { acquireMetrics } from '#lib/metrics/index';
import { operator, samples } from './scrape';

const DURATION = 'temporal_agent_tool_call_duration_seconds';
const TOKENS = 'temporal_agent_llm_input_tokens_total';
const OVERFLOW = 'temporal_agent_series_overflow_total';

function shop() {
  const who = operator();
  const registry = new Registry();
  const metrics = acquireMetrics({ registry }, 'worker', who.report, who.logger).for('shop');
  return { metrics, who, read: async () => samples(await registry.metrics()) };
}

test('label values beyond the cap become "other", and each observation of one is counted', async () => {
  const { metrics, who, read } = shop();
  const surplus = 20;
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < METRIC_LABEL_VALUES_MAX + surplus; i++) {
      metrics.observe('toolCallDuration', { task_type: 'support', tool: `tool-${i}`, outcome: 'ok' }, 1);
    }
  }
  const found = await read();
  const counts = [...found].filter(([key]) => key.startsWith(`${DURATION}_count`));
  expect(counts).toHaveLength(METRIC_LABEL_VALUES_MAX + 1);
  const labels = 'temporal_namespace="shop",task_type="support"';
  expect(found.get(`${DURATION}_count{${labels},tool="tool-0",outcome="ok"}`)).toBe(2);
  expect(found.get(`${DURATION}_count{${labels},tool="other",outcome="ok"}`)).toBe(2 * surplus);
  expect(found.get(`${OVERFLOW}{temporal_namespace="shop",metric="${DURATION}"}`)).toBe(2 * surplus);
  expect(who.errors).toEqual([]);
});

test('combinations of few values cannot make more series than the cap of a metric', async () => {
  const { metrics, read } = shop();
  const side = Math.ceil(Math.sqrt(METRIC_SERIES_MAX)) + 10;
  for (let task = 0; task < side; task++) {
    for (let model = 0; model < side; model++) {
      metrics.inc('llmInputTokens', { task_type: `task-${task}`, provider: 'openai', model: `model-${model}` }, 1);
    }
  }
  const tokens = [...(await read())].filter(([key]) => key.startsWith(TOKENS));
  expect(tokens).toHaveLength(METRIC_SERIES_MAX + 1);
  expect(tokens.reduce((sum, [, value]) => sum + value, 0)).toBe(side * side);
});

test('hostile label values stay short, parsable and apart', async () => {
  const { metrics, who, read } = shop();
  const long = 'x'.repeat(10_000);
  const hostile: unknown[] = [
    `${long}1`,
    `${long}1`,
    `${long}longer`,
    'a\nb',
    'say "hi" \\',
    '\ud800',
    '',
    undefined,
    42,
    { toString: () => 'content' },
  ];
  for (const tool of hostile) {
    metrics.observe('toolCallDuration', { task_type: 'support', tool: tool as string, outcome: 'ok' }, 1);
  }
  const found = [...(await read())].filter(([key]) => key.startsWith(`${DURATION}_count`));
  const tools = new Map(found.map(([key, count]) => [/tool="((?:[^"\\]|\\.)*)"/.exec(key)?.[1] ?? '', count]));
  expect([...tools.values()].reduce((sum, count) => sum + count, 0)).toBe(hostile.length);
  expect(Math.max(...[...tools.keys()].map((tool) => tool.length))).toBe(METRIC_LABEL_MAX_CHARS);
  expect([...tools].filter(([tool]) => tool.startsWith('xxx')).map(([, count]) => count)).toEqual([2, 1]);
  expect(tools.get('unknown')).toBe(4);
  expect(tools.get('a\ufffdb')).toBe(1);
  expect(tools.get('say \\"hi\\" \\\\')).toBe(1);
  expect(tools.get('\ufffd')).toBe(1);
  expect(who.errors).toEqual([]);
});

test('an impossible amount is reported and counts nothing', async () => {
  const { metrics, who, read } = shop();
  const labels = { task_type: 'support', provider: 'openai', model: 'gpt-5' };
  metrics.inc('llmInputTokens', labels, -1);
  metrics.inc('llmInputTokens', labels, Number.POSITIVE_INFINITY);
  expect(who.errors.map(({ part }) => part)).toEqual(['metrics', 'metrics']);
  expect([...(await read()).keys()].filter((key) => key.startsWith(TOKENS))).toEqual([]);
});

test('gauges beyond the cap are summed, but of timestamps the earliest counts', async () => {
  const who = operator();
  const registry = new Registry();
  const metrics = acquireMetrics({ registry }, 'exporter', who.report, who.logger).for('shop');
  const values = Array.from({ length: METRIC_LABEL_VALUES_MAX + 3 }, (_, i) => ({
    labels: { task_type: `type-${i}` },
    value: 1000 - i,
  }));
  metrics.setAll('workflowsRunning', values);
  metrics.setAll('approvalOldestDue', values);
  const found = samples(await registry.metrics());
  const other = 'temporal_namespace="shop",task_type="other"';
  expect(found.get(`temporal_agent_workflows_running{${other}}`)).toBe(900 + 899 + 898);
  expect(found.get(`temporal_agent_approval_oldest_due_timestamp_seconds{${other}}`)).toBe(898);
  metrics.setAll('approvalOldestDue', values.slice(0, 1));
  const left = samples(await registry.metrics());
  expect([...left.keys()].filter((key) => key.startsWith('temporal_agent_approval_oldest_due'))).toHaveLength(1);
});
