import type OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { useClients } from './clients';

const clients = useClients();

const TOOLS: OpenAI.ChatCompletionTool[] = ['search', 'read_page'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: { what: { type: 'string' } } } },
}));

async function converse(text: string, tools = TOOLS): Promise<string[]> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: text }];
  const said: string[] = [];
  for (let turn = 0; turn < 10; turn++) {
    const { choices } = await clients.openai.chat.completions.create({ model: 'gpt-5.1', messages, tools });
    const message = choices[0]?.message;
    if (message === undefined) throw new Error('no choice');
    messages.push(message);
    const call = message.tool_calls?.[0];
    if (call?.type !== 'function') return [...said, message.content === null ? 'nothing' : 'text'];
    said.push(call.function.name);
    expect(JSON.parse(call.function.arguments)).toEqual({ what: 'some what' });
    messages.push({ role: 'tool', tool_call_id: call.id, content: 'result' });
  }
  throw new Error('endless');
}

describe('plan', () => {
  test.each([
    ['Work', ['search', 'read_page', 'text']],
    ['Work [plan: none]', ['text']],
    ['Work [plan: read_page, search, read_page, unknown]', ['read_page', 'search', 'read_page', 'text']],
  ])('%s', async (text, expected) => {
    expect(await converse(text)).toEqual(expected);
  });

  test('large sets the length of the text', async () => {
    const { choices } = await clients.openai.chat.completions.create({
      model: 'gpt-5.1',
      messages: [{ role: 'user', content: '[plan: large=3000000]' }],
    });
    expect(choices[0]?.message.content).toHaveLength(3_000_000);
  });

  test('an unknown item is a bad request', async () => {
    await expect(converse('[plan: dance!]')).rejects.toMatchObject({ status: 400 });
  });
});

describe('faults', () => {
  test('planned ones come once a conversation, and again in the next one', async () => {
    const text = 'Work on it [plan: search; 429 once; retry-after=3]';
    for (let run = 0; run < 2; run++) {
      const error: unknown = await converse(text).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: 429 });
      expect((error as { headers: Headers }).headers.get('retry-after')).toBe('3');
      expect(await converse(text)).toEqual(['search', 'text']);
    }
  });

  test('queued ones hit only what they name', async () => {
    clients.server.failNext({ status: 500, model: 'gpt-4o', times: 2 });
    expect(await converse('Work [plan: none]')).toEqual(['text']);
    const call = () =>
      clients.openai.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] });
    await expect(call()).rejects.toMatchObject({ status: 500 });
    await expect(call()).rejects.toMatchObject({ status: 500 });
    expect((await call()).model).toBe('gpt-4o-2024-08-06');
  });
});

test('counts what successful responses reported, and remembers requests', async () => {
  const before = clients.server.usage().get('gpt-5-mini-2025-08-07')?.calls ?? 0;
  clients.server.failNext({ status: 500 });
  const ask = () =>
    clients.openai.chat.completions.create({ model: 'gpt-5-mini', messages: [{ role: 'user', content: 'Hi' }] });
  await expect(ask()).rejects.toMatchObject({ status: 500, requestID: expect.stringMatching(/^req_/) });
  const { usage } = await ask();
  expect(clients.server.usage().get('gpt-5-mini-2025-08-07')).toMatchObject({
    calls: before + 1,
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
  });
  expect(clients.server.requests.at(-1)).toMatchObject({ path: '/v1/chat/completions', body: { model: 'gpt-5-mini' } });
});
