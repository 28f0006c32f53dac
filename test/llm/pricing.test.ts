import type { LlmCall } from 'temporal-agent-observability/llm';
import { expect, test } from 'vitest';
import { costUsd } from '#lib/llm/pricing';

const AT = new Date('2026-01-15T12:00:00Z');

function call(fields: Partial<LlmCall>): LlmCall {
  return {
    provider: 'openai',
    shape: 'openai.chat',
    operation: 'chat',
    refusal: false,
    toolCalls: [],
    turns: 1,
    ...fields,
  };
}

function usd(fields: Partial<LlmCall>): number {
  const cost = costUsd(call(fields), AT);
  if (!('usd' in cost)) throw new Error(`unknown: ${cost.unknown}`);
  return cost.usd;
}

test('prices input, output and cached input apart', () => {
  const model = 'gpt-5.1-2025-11-13';
  // 1.25, 0.125 and 10 US dollars for a million tokens of input, cached input and output.
  expect(usd({ model, usage: { inputTokens: 1000, outputTokens: 100, reasoningTokens: 40 } })).toBeCloseTo(0.00225, 9);
  expect(usd({ model, usage: { inputTokens: 1000, outputTokens: 100, cacheReadTokens: 400 } })).toBeCloseTo(0.0018, 9);
});

test('prices cache writes by their time to live', () => {
  const anthropic = { provider: 'anthropic', model: 'claude-sonnet-4-5-20250929' };
  const usage = { inputTokens: 1000, outputTokens: 100, cacheWriteTokens: 400 };
  // 3, 15, 3.75 and 6 US dollars for a million tokens of input, output, and writes for five minutes and one hour.
  expect(usd({ ...anthropic, usage })).toBeCloseTo(0.0048, 9);
  expect(usd({ ...anthropic, usage: { ...usage, cacheWrite1hTokens: 400 } })).toBeCloseTo(0.0057, 9);
});

test('prices reasoning apart where a model does', () => {
  const perplexity = { provider: 'perplexity', model: 'sonar-deep-research' };
  const plain = usd({ ...perplexity, usage: { inputTokens: 1000, outputTokens: 1000 } });
  const reasoned = usd({ ...perplexity, usage: { inputTokens: 1000, outputTokens: 1000, reasoningTokens: 900 } });
  expect(reasoned).toBeLessThan(plain);
});

test('prices by the requested model where the response names none', () => {
  const usage = { inputTokens: 1000, outputTokens: 100 };
  expect(usd({ provider: '_OTHER', requestModel: 'gpt-5.1', usage })).toBeCloseTo(0.00225, 9);
});

test('knows the providers by their OpenTelemetry names', () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0 };
  expect(usd({ provider: 'azure.ai.openai', model: 'gpt-4o', usage })).toBeGreaterThan(0);
  expect(usd({ provider: 'gcp.gemini', model: 'gemini-2.5-flash', usage })).toBeGreaterThan(0);
  expect(usd({ provider: 'x_ai', model: 'grok-4', usage })).toBeGreaterThan(0);
});

test('an unknown model has no cost', () => {
  const usage = { inputTokens: 10, outputTokens: 10 };
  expect(costUsd(call({ model: 'nobody-knows', usage }), AT)).toEqual({ unknown: 'model' });
  expect(costUsd(call({ usage }), AT)).toEqual({ unknown: 'model' });
});

test('absent or partial usage has no cost', () => {
  expect(costUsd(call({ model: 'gpt-5.1' }), AT)).toEqual({ unknown: 'usage' });
  expect(costUsd(call({ model: 'gpt-5.1', usage: { outputTokens: 10 } }), AT)).toEqual({ unknown: 'usage' });
  expect(costUsd(call({ model: 'gpt-5.1', usage: { inputTokens: 10 } }), AT)).toEqual({ unknown: 'usage' });
});

test('embeddings cost their input', () => {
  const embedding = { operation: 'embeddings', model: 'text-embedding-3-small', turns: 0 } as const;
  expect(usd({ ...embedding, usage: { inputTokens: 1_000_000 } })).toBeCloseTo(0.02, 9);
});
