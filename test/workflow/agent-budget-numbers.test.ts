import { ApplicationFailure } from '@temporalio/common';
import { generateText } from 'ai';
import { AGENT_BUDGET_INVALID, type AgentBudgetOptions, agentBudget } from 'temporal-agent-observability/workflow';
import { describe, expect, test } from 'vitest';
import { readModelTurns } from '#lib/llm/read-model-turns';
import { throughJson, useClients } from '../llm/clients';

const refusal = (options: unknown): ApplicationFailure => {
  try {
    agentBudget(options as AgentBudgetOptions);
  } catch (error) {
    if (error instanceof ApplicationFailure) return error;
    throw error;
  }
  throw new Error('accepted');
};

const tokensOf = (...spent: unknown[]): number | undefined => {
  const budget = agentBudget({ maxIterations: 1 });
  for (const tokens of spent) budget.spend(tokens as number);
  return budget.left().used.tokens;
};

describe('options', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'agentBudget: expected an object, got undefined'],
    ['a number', 40, 'agentBudget: expected an object, got 40'],
    ['no cap', {}, 'agentBudget: maxIterations: expected a whole number of at least 0, got undefined'],
    ['NaN', { maxIterations: Number.NaN }, 'maxIterations: expected a whole number of at least 0, got NaN'],
    ['a negative cap', { maxIterations: -1 }, 'maxIterations: expected a whole number of at least 0, got -1'],
    ['a fraction', { maxIterations: 1.5 }, 'maxIterations: expected a whole number of at least 0, got 1.5'],
    ['no bound', { maxIterations: Number.POSITIVE_INFINITY }, 'expected a whole number of at least 0, got Infinity'],
    ['a string', { maxIterations: '40' }, 'maxIterations: expected a whole number of at least 0, got "40"'],
    ['what JSON makes of NaN', { maxIterations: 1, maxTokens: null }, 'maxTokens: expected a whole number'],
    [
      'negative tokens',
      { maxIterations: 1, maxTokens: -5 },
      'maxTokens: expected a whole number of at least 0, got -5',
    ],
    [
      'no iteration a run',
      { maxIterations: 1, continueAsNewAt: 0 },
      'continueAsNewAt: expected a whole number of at least 1',
    ],
    [
      'a misspelt name',
      { maxIterations: 1, maxToken: 5 },
      'agentBudget: unknown option "maxToken"; expected maxIterations',
    ],
    ['no object of use', { maxIterations: 1, used: 3 }, 'agentBudget: used: expected an object, got 3'],
    ['no use', { maxIterations: 1, used: {} }, 'used.iterations: expected a whole number of at least 0, got undefined'],
    ['use of NaN tokens', { maxIterations: 1, used: { iterations: 1, tokens: Number.NaN } }, 'used.tokens: expected'],
  ])('refuses %s, and says what it expected', (_, options, message) => {
    const failure = refusal(options);
    expect(failure).toMatchObject({ type: AGENT_BUDGET_INVALID, nonRetryable: true });
    expect(failure.message).toContain(message);
  });

  test('that are undefined are left out', () => {
    const budget = agentBudget({ maxIterations: 2, maxTokens: undefined, continueAsNewAt: undefined, used: undefined });
    expect(budget.left()).toStrictEqual({ maxIterations: 2, used: { iterations: 0 } });
  });

  test('of a later release are accepted where it adds them, so that a deploy can be taken back', () => {
    const carried = { maxIterations: 2, used: { iterations: 1, money: 3 } };
    expect(agentBudget(carried).iterationsLeft).toBe(1);
  });

  test('may allow nothing, and then nothing begins', () => {
    for (const options of [{ maxIterations: 0 }, { maxIterations: 5, maxTokens: 0 }]) {
      expect(() => agentBudget(options).next()).toThrow('Agent budget exceeded');
    }
  });
});

test('what is left comes back from JSON as the same budget, in whatever order it is spread', () => {
  const caps = { maxIterations: 4, maxTokens: 100, continueAsNewAt: 3 };
  const first = agentBudget(caps);
  first.next();
  first.spend(30);
  const carried = JSON.parse(JSON.stringify(first.left())) as AgentBudgetOptions;
  for (const options of [carried, { ...caps, ...carried }, { ...carried, ...caps }]) {
    const next = agentBudget(options);
    expect(next.left()).toStrictEqual(first.left());
    expect([next.iterationsLeft, next.tokensLeft]).toEqual([3, 70]);
  }
});

describe('tokens', () => {
  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['a negative number', -5],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a string', '12'],
    ['a response without usage', { object: 'chat.completion', choices: [] }],
    ['a usage of nothing', { usage: { prompt_tokens: null, total_tokens: Number.NaN } }],
    [
      'what throws when it is looked at',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('hands off');
          },
        },
      ),
    ],
  ])('that are unknown are not counted: %s', (_, spent) => {
    expect(tokensOf(spent)).toBeUndefined();
    expect(tokensOf(10, spent, 5)).toBe(15);
  });

  test('that are none are known to be none', () => expect(tokensOf(0)).toBe(0));

  test('that are estimated in fractions are rounded up', () => expect(tokensOf(0.2, 10.5)).toBe(12));

  test('stay a number that JSON carries, however many', () => {
    expect(tokensOf(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each<[string, object, number]>([
    ['OpenAI', { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 }, 25],
    ['OpenAI Responses', { input_tokens: 20, output_tokens: 5, total_tokens: 25 }, 25],
    [
      'Anthropic',
      { input_tokens: 3, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: null },
      15,
    ],
    ['the AI SDK', { inputTokens: 20, outputTokens: 5, totalTokens: 25, cachedInputTokens: 9 }, 25],
    ["the AI SDK's language models", { inputTokens: { total: 20, cacheRead: 9 }, outputTokens: { total: 5 } }, 25],
    ['a provider that tells the output only', { output_tokens: 5 }, 5],
  ])('are read from the usage of %s, alone and in a response', (_, usage, tokens) => {
    expect(tokensOf(usage)).toBe(tokens);
    expect(tokensOf({ id: 'x', usage })).toBe(tokens);
  });
});

describe('the tokens of a response are those that AgentTokens counts', () => {
  const clients = useClients();
  const content = 'Hello [plan: cached=6; cache-write=3; reasoning=20]';
  const messages = [{ role: 'user' as const, content }];

  test.each<[string, () => Promise<unknown>]>([
    ['OpenAI chat completions', () => clients.openai.chat.completions.create({ model: 'gpt-5.1', messages })],
    ['OpenAI Responses', () => clients.openai.responses.create({ model: 'gpt-5.1', input: content })],
    ['Anthropic', () => clients.anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 100, messages })],
    ['AI SDK', () => generateText({ model: clients.aiSdk('gpt-5.1'), prompt: content })],
  ])('%s', async (_, call) => {
    const response = await call();
    const expected = readModelTurns(throughJson(response))?.tokens;
    expect(expected).toBeGreaterThan(0);
    expect(tokensOf(response)).toBe(expected);
    expect(tokensOf(throughJson(response))).toBe(expected);
  });
});
