import { readLlmCall } from 'temporal-agent-observability/llm';
import { describe, expect, test } from 'vitest';
import { isPending } from '#lib/llm/is-pending';

function chat(fields: object) {
  return { object: 'chat.completion', id: 'chatcmpl-1', model: 'gpt-5.1', choices: [], ...fields };
}

function message(fields: object) {
  return {
    type: 'message',
    role: 'assistant',
    id: 'msg_1',
    model: 'claude-sonnet-4-5',
    content: [],
    stop_reason: 'end_turn',
    ...fields,
  };
}

function response(fields: object) {
  return { object: 'response', id: 'resp_1', model: 'gpt-5.1', status: 'completed', output: [], ...fields };
}

describe('usage', () => {
  test('keeps an absent count absent and a zero zero', () => {
    expect(readLlmCall(chat({ usage: { prompt_tokens: 0 } }))?.usage).toEqual({ inputTokens: 0 });
    expect(readLlmCall(chat({ usage: null }))).not.toHaveProperty('usage');
    expect(readLlmCall(chat({ usage: { prompt_tokens: '12', completion_tokens: -1 } }))).not.toHaveProperty('usage');
  });

  test.each([
    [
      'cache larger than the input',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 30 } },
      { inputTokens: 40, cacheReadTokens: 30 },
    ],
    [
      'reasoning larger than the output',
      { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 9 } },
      { outputTokens: 14, reasoningTokens: 9 },
    ],
    [
      'reasoning that only the total counts',
      {
        prompt_tokens: 32,
        completion_tokens: 100,
        total_tokens: 226,
        completion_tokens_details: { reasoning_tokens: 94 },
      },
      { outputTokens: 194, reasoningTokens: 94 },
    ],
  ])('keeps subsets within their whole: %s', (_name, usage, expected) => {
    expect(readLlmCall(chat({ usage }))?.usage).toMatchObject(expected);
  });

  test('reads the split of Anthropic cache writes by time to live', () => {
    const usage = {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
    };
    expect(readLlmCall(message({ usage }))?.usage).toEqual({
      inputTokens: 140,
      outputTokens: 5,
      cacheReadTokens: 100,
      cacheWriteTokens: 30,
      cacheWrite1hTokens: 20,
    });
  });

  test('drops a subset of an input that is not known', () => {
    const usage = { input_tokens: null, output_tokens: 5, cache_read_input_tokens: 100 };
    expect(readLlmCall(message({ usage }))?.usage).toEqual({ outputTokens: 5 });
  });

  test('finds usage that a relay put into the first choice', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    expect(readLlmCall(chat({ choices: [{ usage }] }))?.usage).toEqual({ inputTokens: 3, outputTokens: 4 });
  });
});

describe('how a turn ended', () => {
  test('a paused Anthropic turn has no finish reason', () => {
    expect(readLlmCall(message({ stop_reason: 'pause_turn' }))).toMatchObject({ finishRaw: 'pause_turn' });
    expect(readLlmCall(message({ stop_reason: 'pause_turn' }))).not.toHaveProperty('finish');
  });

  test('a failed OpenAI response, which arrives with HTTP 200, is an error', () => {
    expect(readLlmCall(response({ status: 'failed', error: { code: 'server_error' } }))).toMatchObject({
      finish: 'error',
    });
  });

  test('a queued OpenAI response is no turn yet', () => {
    const call = readLlmCall(response({ status: 'queued', usage: null }));
    expect(call).toMatchObject({ turns: 0 });
    expect(call).not.toHaveProperty('finish');
  });

  test('a word that is not known stays the provider’s', () => {
    const call = readLlmCall(chat({ choices: [{ finish_reason: '__proto__', message: {} }] }));
    expect(call).toMatchObject({ finishRaw: '__proto__' });
    expect(call).not.toHaveProperty('finish');
  });
});

describe('tool calls', () => {
  test('reads functions, custom tools and the legacy function call', () => {
    const tools = [
      { id: 'a', type: 'function', function: { name: 'search', arguments: '{}' } },
      { id: 'b', type: 'custom', custom: { name: 'shell', input: 'ls' } },
    ];
    const choices = [
      { finish_reason: 'tool_calls', message: { tool_calls: tools } },
      { message: { function_call: { name: 'old', arguments: '{}' } } },
    ];
    expect(readLlmCall(chat({ choices }))).toMatchObject({
      finish: 'tool_call',
      toolCalls: [{ name: 'search', id: 'a' }, { name: 'shell', id: 'b' }, { name: 'old' }],
    });
  });

  test('leaves out what the provider runs itself', () => {
    const output = [
      { type: 'web_search_call', id: 'ws_1' },
      { type: 'function_call', call_id: 'c1', name: 'search' },
      { type: 'computer_call', call_id: 'c2' },
    ];
    expect(readLlmCall(response({ output }))?.toolCalls).toEqual([
      { name: 'search', id: 'c1' },
      { name: 'computer_call', id: 'c2' },
    ]);
    const content = [{ type: 'server_tool_use', id: 's', name: 'web_search' }];
    expect(readLlmCall(message({ content }))?.toolCalls).toEqual([]);
  });
});

describe('provider', () => {
  test.each([
    [chat({ model: 'gpt-4o', prompt_filter_results: [{}] }), 'azure.ai.openai'],
    [chat({ model: 'anthropic/claude-sonnet-4-5' }), 'anthropic'],
    [chat({ model: 'grok-4' }), 'x_ai'],
    [chat({ model: 'my-own-model' }), 'openai'],
    [message({ id: 'msg_bdrk_01' }), 'aws.bedrock'],
    [message({ id: 'msg_vrtx_01' }), 'gcp.vertex_ai'],
  ])('%#', (value, provider) => {
    expect(readLlmCall(value)?.provider).toBe(provider);
  });
});

describe('AI SDK', () => {
  const v3 = {
    content: [
      { type: 'tool-call', toolCallId: 'c1', toolName: 'search', input: '{}' },
      { type: 'tool-call', toolCallId: 'c2', toolName: 'web', input: '{}', providerExecuted: true },
    ],
    finishReason: { unified: 'tool-calls', raw: 'tool_use' },
    usage: {
      inputTokens: { total: 100, noCache: 60, cacheRead: 30, cacheWrite: 10 },
      outputTokens: { total: 20, text: 15, reasoning: 5 },
    },
    providerMetadata: { anthropic: {} },
    response: { id: 'msg_1', modelId: 'claude-sonnet-4-5-20250929', timestamp: '2026-01-01T00:00:00.000Z' },
    warnings: [],
  };

  test('reads results of provider specification V3 and V4', () => {
    expect(readLlmCall(v3)).toEqual({
      provider: 'anthropic',
      shape: 'ai-sdk.result',
      operation: 'chat',
      model: 'claude-sonnet-4-5-20250929',
      responseId: 'msg_1',
      finish: 'tool_call',
      finishRaw: 'tool_use',
      refusal: false,
      toolCalls: [{ name: 'search', id: 'c1' }],
      turns: 1,
      usage: { inputTokens: 100, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 10, reasoningTokens: 5 },
    });
  });

  test('has no usage where the provider reported none', () => {
    expect(readLlmCall({ ...v3, usage: { inputTokens: {}, outputTokens: {} } })).not.toHaveProperty('usage');
  });

  test('says nothing of an interrupted turn’s finish', () => {
    const call = readLlmCall({ ...v3, content: [], finishReason: { unified: 'interrupted' } });
    expect(call).not.toHaveProperty('finish');
  });

  test('knows a refusal by the provider’s word', () => {
    const call = readLlmCall({ ...v3, content: [], finishReason: { unified: 'content-filter', raw: 'refusal' } });
    expect(call).toMatchObject({ refusal: true, finish: 'content_filter', finishRaw: 'refusal' });
  });

  const flat = (usage: object, providerMetadata: object) => ({
    ...v3,
    content: [],
    finishReason: 'stop',
    usage,
    providerMetadata,
  });

  test('reads V2 usage, where cache is inside for OpenAI and beside for Anthropic', () => {
    const usage = { inputTokens: 100, outputTokens: 20, totalTokens: 120, cachedInputTokens: 30, reasoningTokens: 5 };
    expect(readLlmCall(flat(usage, { openai: {} }))?.usage).toMatchObject({ inputTokens: 100, cacheReadTokens: 30 });
    const anthropic = { anthropic: { cacheCreationInputTokens: 10 } };
    expect(readLlmCall(flat(usage, anthropic))?.usage).toMatchObject({
      inputTokens: 140,
      cacheReadTokens: 30,
      cacheWriteTokens: 10,
    });
  });

  test('sums steps, and takes nothing from a value whose steps are something else', () => {
    const step = flat(
      { inputTokens: 10, outputTokens: 2, inputTokenDetails: { cacheReadTokens: 4 }, outputTokenDetails: {} },
      {},
    );
    expect(readLlmCall({ steps: [step, step], totalUsage: {} })).toMatchObject({
      shape: 'ai-sdk.steps',
      turns: 2,
      usage: { inputTokens: 20, outputTokens: 4, cacheReadTokens: 8 },
    });
    expect(readLlmCall({ steps: [step, { title: 'Preheat the oven' }] })).toBeUndefined();
  });
});

describe('OpenAI Agents', () => {
  const agents = {
    usage: {
      requests: 1,
      inputTokens: 50,
      outputTokens: 20,
      totalTokens: 70,
      inputTokensDetails: [{ cached_tokens: 30 }],
      outputTokensDetails: [{ reasoning_tokens: 8 }],
    },
    output: [{ type: 'function_call', callId: 'c1', name: 'search', arguments: '{}', status: 'completed' }],
    responseId: 'resp_1',
  };
  const request = [{ modelName: 'gpt-5.1', request: { input: 'Hi', modelSettings: {}, tools: [] } }];

  test('reads a response, and its model from the request', () => {
    expect(readLlmCall(agents, { activityType: 'invokeModelActivity', request })).toEqual({
      provider: 'openai',
      shape: 'openai-agents.response',
      operation: 'chat',
      requestModel: 'gpt-5.1',
      responseId: 'resp_1',
      finish: 'tool_call',
      refusal: false,
      toolCalls: [{ name: 'search', id: 'c1' }],
      turns: 1,
      usage: { inputTokens: 50, outputTokens: 20, cacheReadTokens: 30, reasoningTokens: 8 },
    });
  });

  test('reads the events of a stream', () => {
    const usage = { inputTokens: 50, outputTokens: 20, totalTokens: 70, inputTokensDetails: { cached_tokens: 30 } };
    const events = [
      { type: 'response_started' },
      { type: 'output_text_delta', delta: 'Hi' },
      { type: 'response_done', response: { id: 'resp_1', usage, output: agents.output } },
    ];
    expect(readLlmCall(events, { request })).toMatchObject({
      requestModel: 'gpt-5.1',
      responseId: 'resp_1',
      usage: { inputTokens: 50, outputTokens: 20, cacheReadTokens: 30 },
    });
  });

  test('takes the zeros that stand for no usage as absent', () => {
    const usage = {
      requests: 0,
      inputTokens: 0,
      outputTokens: 0,
      totalTokens: 0,
      inputTokensDetails: [],
      outputTokensDetails: [],
    };
    expect(readLlmCall({ ...agents, usage })).not.toHaveProperty('usage');
  });
});

test.each([
  ['a queued response', response({ status: 'queued', usage: null }), true],
  ['a response in progress', response({ status: 'in_progress', usage: null }), true],
  ['a finished response without usage', response({ usage: null }), false],
  ['embeddings', { object: 'list', data: [{ object: 'embedding', embedding: [0.1] }] }, false],
] as const)('tells what has yet to meet the model: %s', (_name, value, pending) => {
  const call = readLlmCall(value);
  expect(call).toBeDefined();
  expect(call && isPending(call)).toBe(pending);
});

test('reads embeddings, which are no turn', () => {
  const openai = {
    object: 'list',
    model: 'text-embedding-3-small',
    data: [{ object: 'embedding', embedding: [0.1] }],
    usage: { prompt_tokens: 7, total_tokens: 7 },
  };
  expect(readLlmCall(openai)).toMatchObject({
    operation: 'embeddings',
    turns: 0,
    usage: { inputTokens: 7 },
    provider: 'openai',
  });
  const aiSdk = { embeddings: [[0.1, 0.2]], usage: { tokens: 7 }, warnings: [] };
  expect(readLlmCall(aiSdk, { request: { modelId: 'text-embedding-3-small' } })).toMatchObject({
    operation: 'embeddings',
    provider: 'openai',
    requestModel: 'text-embedding-3-small',
    usage: { inputTokens: 7 },
  });
});
