import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { ActivityObservation } from '#lib/activity/observation';
import { acquireMetrics, observeActivity, observeEstimatedTokens } from '#lib/metrics/index';
import { call, modelCall, toolCall } from './observations';
import { operator, samples } from './scrape';

const MODEL = 'temporal_namespace="shop",task_type="support",provider="openai",model="gpt-5-2025-08-07"';

/** Every sample that the observations left, but for those that start at 0. */
async function counted(...observations: ActivityObservation[]): Promise<Record<string, number>> {
  const who = operator();
  const registry = new Registry();
  const metrics = acquireMetrics({ registry }, 'worker', who.report, who.logger).for('shop');
  for (const observation of observations) {
    observeActivity(metrics, observation);
  }
  expect(who.errors).toEqual([]);
  const found = samples(await registry.metrics());
  const relevant = [...found].filter(([key, value]) => value !== 0 && !key.includes('_bucket'));
  return Object.fromEntries(relevant.map(([key, value]) => [key.replace('temporal_agent_', ''), value]));
}

test('a model call counts duration, tokens with their subsets, cost and sizes', async () => {
  const usage = {
    inputTokens: 1000,
    outputTokens: 200,
    cacheReadTokens: 600,
    cacheWriteTokens: 100,
    reasoningTokens: 50,
  };
  const observation = modelCall({ call: { ...call, usage }, costUsd: 0.25, inputBytes: 2000, outputBytes: 500 });
  expect(await counted(observation)).toEqual({
    [`llm_call_duration_seconds_sum{${MODEL},outcome="ok"}`]: 3,
    [`llm_call_duration_seconds_count{${MODEL},outcome="ok"}`]: 1,
    [`llm_input_tokens_total{${MODEL}}`]: 1000,
    [`llm_output_tokens_total{${MODEL}}`]: 200,
    [`llm_cache_read_input_tokens_total{${MODEL}}`]: 600,
    [`llm_cache_write_input_tokens_total{${MODEL}}`]: 100,
    [`llm_reasoning_output_tokens_total{${MODEL}}`]: 50,
    [`llm_cost_usd_total{${MODEL}}`]: 0.25,
    'payload_bytes_sum{temporal_namespace="shop",boundary="activity_input"}': 2000,
    'payload_bytes_count{temporal_namespace="shop",boundary="activity_input"}': 1,
    'payload_bytes_sum{temporal_namespace="shop",boundary="activity_result"}': 500,
    'payload_bytes_count{temporal_namespace="shop",boundary="activity_result"}': 1,
  });
});

test('usage that the provider did not report adds no series', async () => {
  const found = await counted(modelCall());
  expect(found[`llm_usage_missing_total{${MODEL}}`]).toBe(1);
  expect(Object.keys(found).filter((key) => /tokens|cost/.test(key))).toEqual([]);
  const partial = await counted(modelCall({ call: { ...call, usage: { inputTokens: 7 } } }));
  expect(Object.keys(partial).filter((key) => /tokens|missing/.test(key))).toEqual([
    `llm_input_tokens_total{${MODEL}}`,
  ]);
});

test('estimated tokens never mix with those that providers reported', async () => {
  const who = operator();
  const registry = new Registry();
  const metrics = acquireMetrics({ registry }, 'worker', who.report, who.logger).for('shop');
  observeEstimatedTokens(metrics, modelCall(), { inputTokens: 12 });
  const tokens = [...samples(await registry.metrics())].filter(([key]) => key.includes('_tokens_total'));
  expect(tokens).toEqual([[`temporal_agent_llm_estimated_input_tokens_total{${MODEL}}`, 12]]);
});

test('a failed model call counts its error and what is known of the model', async () => {
  const { call: _, ...failed } = modelCall({
    outcome: 'error',
    errorInfo: { type: 'rate_limited', retryable: true, provider: 'anthropic' },
  });
  const labels = 'temporal_namespace="shop",task_type="support",provider="anthropic",model="unknown"';
  expect(await counted(failed)).toEqual({
    [`llm_call_duration_seconds_sum{${labels},outcome="error"}`]: 3,
    [`llm_call_duration_seconds_count{${labels},outcome="error"}`]: 1,
    [`llm_errors_total{${labels},error_type="rate_limited",retryable="true"}`]: 1,
  });
});

test('a response that does not name its model counts under the model that was asked for', async () => {
  const { model: _, ...unnamed } = call;
  const found = await counted(modelCall({ call: unnamed }));
  expect(Object.keys(found).join()).toContain('model="gpt-5"');
});

test('a failed model call counts under the model that its arguments asked for', async () => {
  const errorInfo = { type: 'timeout', retryable: true } as const;
  const { call: _, ...failed } = modelCall({
    requestModel: 'o3',
    requestProvider: 'openai',
    outcome: 'timeout',
    errorInfo,
  });
  expect(Object.keys(await counted(failed)).join()).toContain('provider="openai",model="o3",error_type="timeout"');
});

test('a tool call counts its duration by tool and outcome, and nothing of models', async () => {
  const labels = 'temporal_namespace="shop",task_type="support",tool="lookUpOrder",outcome="ok"';
  expect(await counted(toolCall(), toolCall())).toEqual({
    [`tool_call_duration_seconds_sum{${labels}}`]: 0.04,
    [`tool_call_duration_seconds_count{${labels}}`]: 2,
  });
  expect(Object.keys(await counted(toolCall({ tool: 'search' }))).join()).toContain('tool="search"');
});
