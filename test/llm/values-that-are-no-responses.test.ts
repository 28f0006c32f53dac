import { readLlmCall } from 'temporal-agent-observability/llm';
import { describe, expect, test } from 'vitest';
import { readLlmCallOr } from '#lib/llm/read-llm-call';
import { readModelTurns } from '#lib/llm/read-model-turns';

const COMPLETION = {
  object: 'chat.completion',
  model: 'gpt-5.1',
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 2 },
};

describe('ordinary results', () => {
  test.each([
    ['a string', 'chat.completion'],
    ['null', null],
    ['a number', 7],
    ['a message of a tool', { type: 'message' }],
    ['a message from a chat', { type: 'message', role: 'assistant', content: 'Hello', id: 'm1' }],
    [
      'an output item',
      { type: 'message', role: 'assistant', id: 'msg_1', content: [{ type: 'output_text', text: 'Hi' }] },
    ],
    ['a web response', { object: 'response', status: 200, body: 'ok' }],
    ['an account of usage', { model: 'gpt-5.1', usage: { prompt_tokens: 5, completion_tokens: 6, total_tokens: 11 } }],
    ['a recipe', { steps: [{ content: ['Stir'] }], model: 'oven' }],
    ['a job', { content: [], finishReason: 'quit', usage: {} }],
    ['a listing', { object: 'list', data: [{ object: 'file' }] }],
    ['output of a tool', { output: [], usage: { inputTokens: 1, outputTokens: 2 } }],
    ['a response two levels down', { result: { response: COMPLETION } }],
    [
      'a response among too many properties',
      { ...Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i])), COMPLETION },
    ],
    ['an array of responses', [COMPLETION]],
  ])('%s', (_name, value) => {
    expect(readLlmCall(value)).toBeUndefined();
    expect(readModelTurns(value)).toBeUndefined();
  });
});

describe('hostile results', () => {
  test('throwing getters are never touched', () => {
    let touched = 0;
    const trap = {
      enumerable: true,
      get() {
        touched++;
        throw new Error('touched');
      },
    };
    const keys = [
      'object',
      'type',
      'usage',
      'choices',
      'output',
      'content',
      'steps',
      'message',
      'response',
      'anything',
    ];
    const value = Object.defineProperties({}, Object.fromEntries(keys.map((key) => [key, trap])));
    expect(readLlmCall(value)).toBeUndefined();
    expect(readLlmCall({ wrapped: value })).toBeUndefined();
    expect(readLlmCall(Object.defineProperty({ ...COMPLETION }, 'id', trap))).toMatchObject({ model: 'gpt-5.1' });
    expect(touched).toBe(0);
  });

  test('a proxy that throws is reported to who asks and hidden from who does not', () => {
    const proxy = new Proxy(
      {},
      {
        getOwnPropertyDescriptor() {
          throw new Error('trap');
        },
      },
    );
    const errors: unknown[] = [];
    expect(readLlmCall(proxy)).toBeUndefined();
    expect(readModelTurns(proxy)).toBeUndefined();
    expect(readLlmCallOr((error) => errors.push(error), proxy)).toBeUndefined();
    expect(errors).toEqual([new Error('trap')]);
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(readLlmCall(revoked)).toBeUndefined();
  });

  test('cycles, depth and BigInt do not matter', () => {
    const cyclic: Record<string, unknown> = { ...COMPLETION, big: 10n };
    cyclic.choices = [{ message: cyclic, finish_reason: 'stop' }];
    expect(readLlmCall(cyclic)).toMatchObject({ finish: 'stop' });
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 10_000; level++) deep = { message: deep, response: deep, output: [deep] };
    expect(readLlmCall(deep)).toBeUndefined();
  });

  test('inherited properties and __proto__ keys make no response', () => {
    expect(readLlmCall(Object.create(COMPLETION))).toBeUndefined();
    expect(readLlmCall(JSON.parse(JSON.stringify({ a: COMPLETION }).replace('"a"', '"__proto__"')))).toMatchObject({
      model: 'gpt-5.1',
    });
    const polluting = JSON.parse('{"__proto__":{"object":"chat.completion","choices":[]}}') as unknown;
    readLlmCall(polluting);
    expect(({} as Record<string, unknown>).object).toBeUndefined();
  });

  test('long strings and lists are bounded', () => {
    const long = 'x'.repeat(50_000_000);
    expect(readLlmCall(long)).toBeUndefined();
    const call = readLlmCall({ ...COMPLETION, model: long, id: long, choices: [{ message: { content: long } }] });
    expect(call).not.toHaveProperty('model');
    expect(call).not.toHaveProperty('responseId');
    const choices = new Array(5_000_000).fill({ message: { tool_calls: [{ function: { name: 'f' } }] } });
    expect(readLlmCall({ ...COMPLETION, choices })?.toolCalls.length).toBeLessThanOrEqual(1000);
    expect(readLlmCall(Buffer.alloc(50_000_000))).toBeUndefined();
    expect(readLlmCall({ buffer: Buffer.alloc(50_000_000) })).toBeUndefined();
  });

  test('reading changes nothing', () => {
    const frozen = Object.freeze({
      response: Object.freeze({ ...COMPLETION, usage: Object.freeze(COMPLETION.usage) }),
    });
    expect(readLlmCall(frozen)?.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });
});
