import { describe, expect, test } from 'vitest';
import { isKnownModelActivity, toolNameOf } from '#lib/llm/known-model-activities';
import { readRequestModel } from '#lib/llm/request-model';
import { requestTexts, responseText } from '#lib/llm/texts';

test('knows the model activities of Temporal’s integrations', () => {
  for (const type of [
    'invokeModel',
    'invokeModelStreaming',
    'invokeEmbeddingModel',
    'invokeModelActivity',
    'invokeModelStreamActivity',
  ]) {
    expect(isKnownModelActivity(type)).toBe(true);
  }
  expect(isKnownModelActivity('search')).toBe(false);
  expect(isKnownModelActivity('constructor')).toBe(false);
});

test.each([
  ['search', [{ name: 'other' }], 'search'],
  ['github-callTool', [{ name: 'create_issue', input: {} }], 'create_issue'],
  ['github-callTool', [{ toolName: 'create_issue', args: {} }], 'create_issue'],
  ['github-stateless-call-tool', [{ toolName: 'create_issue', args: null }], 'create_issue'],
  ['github-stateful-call-tool', [{ toolName: 'create_issue', args: null }], 'create_issue'],
  ['github-callTool', [], 'github-callTool'],
  ['github-listTools', [{ name: 'x' }], 'github-listTools'],
] as const)('tool of %s', (type, args, expected) => {
  expect(toolNameOf(type, args)).toBe(expected);
});

describe('model of a request', () => {
  test.each([
    [[{ model: 'gpt-5.1', messages: [] }], { model: 'gpt-5.1', provider: 'openai' }],
    [[{ modelId: 'claude-sonnet-4-5', options: {} }], { model: 'claude-sonnet-4-5', provider: 'anthropic' }],
    [[{ modelName: 'my-deployment', request: {} }], { model: 'my-deployment' }],
    [['user-1', { params: { model: 'gemini-2.5-pro' } }], { model: 'gemini-2.5-pro', provider: 'gcp.gemini' }],
    [['gpt-5.1', 'Hello'], { model: 'gpt-5.1', provider: 'openai' }],
    [['claude is nice', 7, null], {}],
    [[], {}],
  ])('%#', (args, expected) => {
    expect(readRequestModel(args)).toEqual(expected);
  });

  test('a revoked proxy names none', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(readRequestModel([proxy])).toEqual({});
    expect(toolNameOf('x-callTool', [proxy])).toBe('x-callTool');
  });
});

describe('texts', () => {
  test('a request is its texts, without ids, kinds and bytes', () => {
    const args = [
      {
        model: 'gpt-5.1',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Look' },
              { type: 'image_url', image_url: { url: 'data:…' } },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'found' },
        ],
      },
    ];
    expect(requestTexts(args)).toEqual(['Look', 'found']);
  });

  test('a response is what the model wrote, wrapped or not', () => {
    const completion = {
      object: 'chat.completion',
      instructions: 'echo',
      choices: [{ message: { role: 'assistant', content: 'Hi' } }],
    };
    expect(responseText(completion)).toBe('Hi');
    expect(responseText({ response: completion })).toBe('Hi');
    expect(responseText({ content: [{ type: 'tool_use', id: 'x', name: 'search', input: { query: 'q' } }] })).toBe(
      'search\nq',
    );
    expect(responseText('nothing')).toBe('');
  });

  test('are bounded, whatever the value', () => {
    const cyclic: Record<string, unknown> = { text: 'a' };
    cyclic.self = cyclic;
    expect(requestTexts([cyclic]).length).toBeLessThan(20);
    let deep: unknown = 'bottom';
    for (let level = 0; level < 10_000; level++) deep = { message: deep };
    expect(requestTexts([deep])).toEqual([]);
    const long = requestTexts(['x'.repeat(50_000_000), 'more']).join('');
    expect(long.length).toBe(4 * 1024 * 1024);
    expect(requestTexts([new Array(1_000_000).fill('y')]).length).toBeLessThanOrEqual(20_000);
  });
});
