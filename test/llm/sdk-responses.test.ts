import { generateText, jsonSchema, stepCountIs, tool } from 'ai';
import type OpenAI from 'openai';
import { type LlmCall, readLlmCall } from 'temporal-agent-observability/llm';
import { describe, expect, test } from 'vitest';
import { readModelTurns } from '#lib/llm/read-model-turns';
import type { ModelUsage } from '../../examples/provider-server';
import { throughJson, useClients } from './clients';

const clients = useClients();

const SCHEMA = { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] } as const;
const CHAT_TOOL: OpenAI.ChatCompletionTool = {
  type: 'function',
  function: { name: 'search', parameters: { ...SCHEMA } },
};
const SUBSETS = '[plan: cached=6; cache-write=3; reasoning=20]';

/** What the server reported while something ran, for the one model that was used. */
async function reportedDuring(run: () => Promise<unknown>): Promise<{ value: unknown; reported: ModelUsage }> {
  const before = clients.server.usage();
  const value = await run();
  for (const [model, after] of clients.server.usage()) {
    const start = before.get(model);
    if (after.calls === start?.calls) continue;
    const keys = Object.keys(after) as (keyof ModelUsage)[];
    const reported = Object.fromEntries(keys.map((key) => [key, after[key] - (start?.[key] ?? 0)]));
    return { value, reported: reported as unknown as ModelUsage };
  }
  throw new Error('the server was not asked');
}

/** Reads the live object, and asserts that its JSON form reads the same, and in the sandbox too. */
function readBoth(value: unknown): LlmCall {
  const call = readLlmCall(value);
  if (call === undefined) throw new Error('not recognised');
  expect(readLlmCall(throughJson(value))).toEqual(call);
  const { turns, model, usage } = call;
  const tokens = usage && (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
  expect(readModelTurns(throughJson(value))).toEqual({ turns, model, ...(tokens !== undefined && { tokens }) });
  return call;
}

function expectUsage(call: LlmCall, reported: ModelUsage): void {
  const { calls, ...tokens } = reported;
  expect(call.turns).toBe(calls);
  expect(call.usage).toMatchObject({ inputTokens: tokens.inputTokens, outputTokens: tokens.outputTokens });
  expect(call.usage?.cacheReadTokens ?? 0).toBe(tokens.cacheReadTokens);
  expect(call.usage?.cacheWriteTokens ?? 0).toBe(tokens.cacheWriteTokens);
  expect(call.usage?.reasoningTokens ?? 0).toBe(tokens.reasoningTokens);
}

function chat(content: string, rest: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) {
  return () =>
    clients.openai.chat.completions.create({ model: 'gpt-5.1', messages: [{ role: 'user', content }], ...rest });
}

describe('OpenAI chat completions', () => {
  test('reads model, finish and the usage that the server reported', async () => {
    const { value, reported } = await reportedDuring(chat(`Hello ${SUBSETS}`));
    const call = readBoth(value);
    expect(call).toMatchObject({
      provider: 'openai',
      shape: 'openai.chat',
      operation: 'chat',
      model: 'gpt-5.1-2025-11-13',
      finish: 'stop',
      finishRaw: 'stop',
      refusal: false,
      toolCalls: [],
    });
    expect(call.responseId).toMatch(/^chatcmpl-/);
    expectUsage(call, reported);
    expect(reported).toMatchObject({ cacheReadTokens: 6, cacheWriteTokens: 3, reasoningTokens: 20 });
  });

  test('reads the object that a stream accumulates', async () => {
    const { value, reported } = await reportedDuring(() =>
      clients.openai.chat.completions
        .stream({
          model: 'gpt-5.1',
          messages: [{ role: 'user', content: `Hello ${SUBSETS}` }],
          stream_options: { include_usage: true },
        })
        .finalChatCompletion(),
    );
    expectUsage(readBoth(value), reported);
  });

  test('has no usage when a stream was not asked for it', async () => {
    const stream = clients.openai.chat.completions.stream({
      model: 'gpt-5.1',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const call = readBoth(await stream.finalChatCompletion());
    expect(call).not.toHaveProperty('usage');
    expect(call).toMatchObject({ model: 'gpt-5.1-2025-11-13', finish: 'stop' });
  });

  test('reads tool calls, streamed or not', async () => {
    const params = { model: 'gpt-5.1', messages: [{ role: 'user' as const, content: 'Find it' }], tools: [CHAT_TOOL] };
    const whole = readBoth(await clients.openai.chat.completions.create(params));
    expect(whole.finish).toBe('tool_call');
    expect(whole.toolCalls).toEqual([{ name: 'search', id: expect.stringMatching(/^call_/) }]);
    const streamed = readBoth(await clients.openai.chat.completions.stream(params).finalChatCompletion());
    expect(streamed.toolCalls).toEqual([{ name: 'search', id: expect.stringMatching(/^call_/) }]);
  });

  test.each([
    ['refuse', { refusal: true, finish: 'stop' }],
    ['filter', { refusal: false, finish: 'content_filter' }],
    ['length', { refusal: false, finish: 'length' }],
  ])('tells how a turn ended: %s', async (ending, expected) => {
    expect(readBoth(await chat(`Do it [plan: ${ending}]`)())).toMatchObject(expected);
  });

  test('reads what activities put around a response', async () => {
    const completion = await chat('Hello')();
    const { model, usage } = completion;
    const message = completion.choices[0]?.message;
    const bare = readBoth(completion);
    expect(readBoth({ conversation: ['Hello'], response: completion })).toEqual(bare);
    expect(readBoth({ message, usage, model })).toMatchObject({ usage: bare.usage, model, shape: 'openai.chat' });
  });
});

describe('OpenAI Responses', () => {
  const respond = (input: string, tools: OpenAI.Responses.FunctionTool[] = []) =>
    clients.openai.responses.create({ model: 'gpt-5.1', input, tools });

  test('reads model, finish and the usage that the server reported, streamed or not', async () => {
    const input = `Hello ${SUBSETS}`;
    const whole = await reportedDuring(() => respond(input));
    expect(readBoth(whole.value)).toMatchObject({
      provider: 'openai',
      shape: 'openai.responses',
      model: 'gpt-5.1-2025-11-13',
      finish: 'stop',
      finishRaw: 'completed',
    });
    expectUsage(readBoth(whole.value), whole.reported);
    const streamed = await reportedDuring(() =>
      clients.openai.responses.stream({ model: 'gpt-5.1', input }).finalResponse(),
    );
    expectUsage(readBoth(streamed.value), streamed.reported);
  });

  test('reads tool calls', async () => {
    const tools = [{ type: 'function' as const, name: 'search', parameters: { ...SCHEMA }, strict: null }];
    const call = readBoth(await respond('Find it', tools));
    expect(call).toMatchObject({ finish: 'tool_call', toolCalls: [{ name: 'search' }] });
  });

  test.each([
    ['refuse', { refusal: true, finish: 'stop' }],
    ['filter', { refusal: false, finish: 'content_filter', finishRaw: 'content_filter' }],
    ['length', { refusal: false, finish: 'length', finishRaw: 'max_output_tokens' }],
  ])('tells how a turn ended: %s', async (ending, expected) => {
    expect(readBoth(await respond(`Do it [plan: ${ending}]`))).toMatchObject(expected);
  });
});

describe('Anthropic messages', () => {
  const params = (content: string, tools: boolean) => ({
    model: 'claude-haiku-4-5',
    max_tokens: 1000,
    messages: [{ role: 'user' as const, content }],
    ...(tools && { tools: [{ name: 'search', input_schema: { ...SCHEMA, required: ['query'] } }] }),
  });

  test('adds cache, which its input leaves out, streamed or not', async () => {
    const request = params(`Hello ${SUBSETS}`, false);
    const whole = await reportedDuring(() => clients.anthropic.messages.create(request));
    expect(readBoth(whole.value)).toMatchObject({
      provider: 'anthropic',
      shape: 'anthropic.messages',
      model: 'claude-haiku-4-5-20251001',
      finish: 'stop',
      finishRaw: 'end_turn',
    });
    expectUsage(readBoth(whole.value), whole.reported);
    const streamed = await reportedDuring(() => clients.anthropic.messages.stream(request).finalMessage());
    const { usage } = readBoth(streamed.value);
    expect(usage?.inputTokens).toBe(streamed.reported.inputTokens);
    expect(usage?.outputTokens).toBe(streamed.reported.outputTokens);
    expect(usage?.cacheReadTokens).toBe(6);
  });

  test('reads tool use, streamed or not', async () => {
    const expected = { finish: 'tool_call', toolCalls: [{ name: 'search', id: expect.stringMatching(/^toolu_/) }] };
    expect(readBoth(await clients.anthropic.messages.create(params('Find it', true)))).toMatchObject(expected);
    const stream = clients.anthropic.messages.stream(params('Find it', true));
    expect(readBoth(await stream.finalMessage())).toMatchObject(expected);
  });

  test.each([
    ['refuse', { refusal: true, finish: 'content_filter', finishRaw: 'refusal' }],
    ['length', { refusal: false, finish: 'length' }],
  ])('tells how a turn ended: %s', async (ending, expected) => {
    const message = await clients.anthropic.messages.create(params(`Do it [plan: ${ending}]`, false));
    expect(readBoth(message)).toMatchObject(expected);
    expect(readBoth({ message, elapsed: 12 })).toMatchObject(expected);
  });
});

describe('AI SDK', () => {
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: `Hello ${SUBSETS}` }] }];

  test.each(['chat', 'responses'] as const)('reads results of the %s provider', async (api) => {
    const model = clients.aiSdk[api]('gpt-5.1');
    const { value, reported } = await reportedDuring(async () => model.doGenerate({ prompt }));
    const call = readBoth(value);
    expect(call).toMatchObject({
      provider: 'openai',
      shape: 'ai-sdk.result',
      model: 'gpt-5.1-2025-11-13',
      finish: 'stop',
    });
    expect(call.usage?.inputTokens).toBe(reported.inputTokens);
    expect(call.usage?.outputTokens).toBe(reported.outputTokens);
    expect(call.usage?.cacheReadTokens).toBe(6);
    expect(call.usage?.reasoningTokens).toBe(20);
  });

  test('sums the steps of generateText', async () => {
    const { value, reported } = await reportedDuring(() =>
      generateText({
        model: clients.aiSdk.chat('gpt-5.1'),
        prompt: 'Find it [plan: search, search]',
        stopWhen: stepCountIs(5),
        tools: {
          search: tool({
            description: 'Searches',
            inputSchema: jsonSchema<{ query: string }>({ ...SCHEMA, required: ['query'] }),
            execute: async () => 'found',
          }),
        },
      }),
    );
    const call = readBoth(value);
    expect(call).toMatchObject({
      shape: 'ai-sdk.steps',
      turns: 3,
      finish: 'stop',
      toolCalls: [{ name: 'search' }, { name: 'search' }],
    });
    expectUsage(call, reported);
  });
});

test('usage=off leaves usage absent with every provider', async () => {
  const content = 'Hello [plan: usage=off]';
  const values = [
    await chat(content)(),
    await clients.openai.responses.create({ model: 'gpt-5.1', input: content }),
    await clients.aiSdk
      .chat('gpt-5.1')
      .doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text: content }] }] }),
  ];
  for (const value of values) expect(readBoth(value)).not.toHaveProperty('usage');
});
