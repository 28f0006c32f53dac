import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, jsonSchema, stepCountIs, tool } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type ProviderServer, startProviderServer } from '../../examples/provider-server';
import { ActivityWorker } from '../activity/support';
import { chatBody, post, postByHttp, startToolService, type ToolService } from './provider-requests';

const FAST = { 'retry-after-ms': '5' };

let provider: ProviderServer;
let tools: ToolService;
let worker: ActivityWorker;

const CHAT = '/v1/chat/completions';
const openai = (maxRetries?: number) =>
  new OpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'local', ...(maxRetries !== undefined && { maxRetries }) });
const anthropic = () => new Anthropic({ baseURL: provider.url, apiKey: 'local' });
const chat = (text: string) => post(provider.url + CHAT, chatBody(text));
const ask = (text: string) => [{ role: 'user' as const, content: text }];

const activities = {
  async openaiChat(maxRetries?: number) {
    const response = await openai(maxRetries).chat.completions.create({ model: 'gpt-4o', messages: ask('hello') });
    return response.choices[0]?.message.content;
  },

  async openaiResponses() {
    return (await openai().responses.create({ model: 'gpt-4o', input: 'hello' })).output_text;
  },

  async anthropicMessage() {
    await anthropic().messages.create({ model: 'claude-sonnet-4-6', max_tokens: 100, messages: ask('hello') });
  },

  async openaiStream() {
    const stream = openai().chat.completions.stream({ model: 'gpt-4o', messages: ask('hello') });
    let parts = 0;
    for await (const _ of stream) parts++;
    return parts;
  },

  async retriesByHttp() {
    const send = () => postByHttp(provider.url + CHAT, chatBody('by http'));
    await send().catch(() => undefined);
    return await send();
  },

  async fallsBack() {
    const status = await chat('to the large model');
    return status === 200 ? status : await post(provider.url + CHAT, chatBody('to the large model', { n: 1 }));
  },

  async goesOnWithoutTheFailed() {
    const statuses: number[] = [];
    for (const text of ['first', 'second one']) statuses.push(await chat(text));
    return statuses;
  },

  async sequence(requests: number) {
    for (let turn = 0; turn < requests; turn++) await chat(`turn ${turn} ${'x'.repeat(turn)}`);
  },

  async sequenceByHttp(requests: number) {
    for (let turn = 0; turn < requests; turn++) await postByHttp(provider.url + CHAT, chatBody(`turn ${turn}`));
  },

  async anthropicSequence(requests: number) {
    for (let turn = 0; turn < requests; turn++) await activities.anthropicMessage();
  },

  /** As if what sends by the one stood on the other. */
  async twoLayers(requests: number) {
    for (let turn = 0; turn < requests; turn++) {
      const body = chatBody(`turn ${turn} [plan: delay=100]`);
      await Promise.all([post(provider.url + CHAT, body), postByHttp(provider.url + CHAT, body)]);
    }
  },

  async aiSdkAgent(...names: string[]) {
    const model = createOpenAI({ baseURL: `${provider.url}/v1`, apiKey: 'local' }).chat('gpt-4o');
    const search = tool({ inputSchema: jsonSchema({ type: 'object', properties: {} }), execute: async () => 'found' });
    const tools = Object.fromEntries(names.map((name) => [name, search]));
    const { text } = await generateText({ model, prompt: 'find it', tools, stopWhen: stepCountIs(10) });
    return text.length > 0;
  },

  async fails(requests: number) {
    await activities.sequence(requests);
    throw new Error('after the loop');
  },

  async modelToolModel() {
    await chat('which page?');
    await fetch(`${tools.url}/pages/7`);
    await chat('and what does it say?');
  },

  async toolModelTool() {
    await fetch(`${tools.url}/pages/7`);
    await chat('what does it say?');
    await post(`${tools.url}/reports`, '{}');
  },

  async withTelemetry() {
    await chat('draft');
    await post(`${tools.url}/v1/traces`, '{}');
    await post(`${tools.url}/oauth2/v2/token`, '{}');
    await chat('review of it');
  },

  async batch(requests: number) {
    await Promise.all(Array.from({ length: requests }, (_, index) => chat(`document ${index}`)));
  },

  async retrieval() {
    await post(`${tools.url}/v1/embeddings`, '{"model":"text-embedding-3-small","input":"question"}');
    await post(`${tools.url}/v1/embeddings`, '{"model":"text-embedding-3-small","input":"question 2"}');
    await post(`${tools.url}/collections/docs/search`, '{}');
    await chat('answer from these documents');
  },

  async restTool() {
    for (let page = 0; page < 3; page++) await fetch(`${tools.url}/orders?page=${page}`);
    for (const to of ['a', 'b', 'c']) await post(`${tools.url}/orders`, JSON.stringify({ to }));
  },
};

beforeAll(async () => {
  provider = await startProviderServer();
  tools = await startToolService();
  worker = await ActivityWorker.start(inject('temporalAddress'), 'detectors-requests', activities);
});

afterAll(async () => {
  expect(await worker.effects.observerErrors()).toEqual({});
  await worker.close();
  await provider.close();
  await tools.close();
});

const host = () => provider.url.slice('http://'.length);

/** Lets a workflow call an activity that Temporal retries. */
const call = (name: keyof typeof activities, ...args: unknown[]) => worker.call(name, args, { attempts: 2 });

describe('sdk-retries-stacked', () => {
  test.each([
    ['openaiChat', 429, CHAT],
    ['openaiResponses', 500, '/v1/responses'],
    ['anthropicMessage', 529, '/v1/messages'],
  ] as const)('is found where the client of %s repeats a request that failed with %i', async (name, status, path) => {
    provider.failNext({ status, path, headers: FAST, times: 2 });
    const { error, findings } = await call(name);
    expect(error).toBeUndefined();
    expect(findings).toMatchObject([
      {
        id: 'sdk-retries-stacked',
        severity: 'warning',
        cause: name,
        evidence: { attempt: 1, host: host(), requests: 3, failures: 2, lastStatus: status },
      },
    ]);
    expect(findings[0]?.message).toBe(
      `attempt 1 of activity ${name} sent the same request to ${host()} 3 times, of which 2 failed, the last with status ${status}`,
    );
  });

  test('is found where a library of many providers repeats', async () => {
    provider.failNext({ status: 503, path: CHAT, headers: FAST });
    const { result, findings } = await call('aiSdkAgent');
    expect(result).toBe(true);
    expect(findings).toMatchObject([{ id: 'sdk-retries-stacked', evidence: { requests: 2, failures: 1 } }]);
  });

  test('is found where no response came, through node:http too', async () => {
    provider.failNext({ drop: true });
    const { result, findings } = await call('retriesByHttp');
    expect(result).toBe(200);
    expect(findings).toMatchObject([
      { id: 'sdk-retries-stacked', evidence: { host: host(), requests: 2, failures: 1 } },
    ]);
    expect(findings[0]?.evidence).not.toHaveProperty('lastStatus');
  });

  test('is not found where Temporal alone retries', async () => {
    provider.failNext({ status: 429 });
    const { error, records, findings } = await call('openaiChat', 0);
    expect(error).toBeUndefined();
    expect(records.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(findings).toEqual([]);
  });

  test('is not found where Temporal does not retry: nothing is stacked', async () => {
    provider.failNext({ status: 429, headers: FAST });
    const { error, findings } = await worker.call('openaiChat', [], { attempts: 1 });
    expect([error, findings]).toEqual([undefined, []]);
  });

  test('is not found where another request follows one that failed', async () => {
    provider.failNext({ status: 503 });
    const fallback = await call('fallsBack');
    expect([fallback.result, fallback.findings]).toEqual([200, []]);
    provider.failNext({ status: 503 });
    const next = await call('goesOnWithoutTheFailed');
    expect([next.result, next.findings]).toEqual([[503, 200], []]);
  });
});

describe('agent-loop-in-activity', () => {
  test.each(['sequence', 'sequenceByHttp', 'anthropicSequence'] as const)(
    'is found at the third model request of %s, and once',
    async (name) => {
      const { error, findings } = await call(name, 5);
      expect(error).toBeUndefined();
      expect(findings).toMatchObject([
        {
          id: 'agent-loop-in-activity',
          severity: 'warning',
          cause: name,
          evidence: { attempt: 1, host: host(), modelRequests: 3, turns: 3, toolSteps: 0 },
        },
      ]);
      expect(findings[0]?.message).toMatch(
        /made 3 model requests one after the other; if it failed now, 3 answers and [\d.]+ s would be lost$/,
      );
    },
  );

  test('is found where a library loops, and not where it asks twice', async () => {
    const loop = await call('aiSdkAgent', 'search', 'readPage');
    expect([loop.result, loop.findings.map(({ id }) => id)]).toEqual([true, ['agent-loop-in-activity']]);
    const once = await call('aiSdkAgent', 'search');
    expect([once.result, once.findings]).toEqual([true, []]);
  });

  test('counts a request that passes through two layers once', async () => {
    const { findings } = await call('twoLayers', 3);
    expect(findings).toMatchObject([{ id: 'agent-loop-in-activity', evidence: { modelRequests: 3, turns: 3 } }]);
  });

  test('is found where a model, a tool and the model take turns', async () => {
    const { findings } = await call('modelToolModel');
    expect(findings).toMatchObject([
      { id: 'agent-loop-in-activity', evidence: { modelRequests: 2, turns: 2, toolSteps: 1 } },
    ]);
    expect(findings[0]?.message).toContain(
      'made 2 model requests one after the other and called other hosts in between',
    );
  });

  test('is found while the attempt runs, so also when it fails', async () => {
    const { error, findings } = await worker.call('fails', [3]);
    expect(error).toBeDefined();
    expect(findings).toMatchObject([{ id: 'agent-loop-in-activity' }]);
  });

  test('keeps content, paths and queries to itself', async () => {
    const { findings } = await call('sequence', 3);
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toMatch(/v1|completions|turn 0/);
  });

  test.each([
    ['two model requests', 'sequence', [2]],
    ['one answer as a stream', 'openaiStream', []],
    ['a batch of requests that do not wait for each other', 'batch', [8]],
    ['retrieval: embeddings, a search and one answer', 'retrieval', []],
    ['a tool that calls a REST API', 'restTool', []],
    ['tools before and after one model request', 'toolModelTool', []],
    ['two model requests with telemetry and a token between them', 'withTelemetry', []],
  ] as const)('is not found in %s', async (_, name, args) => {
    const { error, findings } = await call(name, ...args);
    expect(error).toBeUndefined();
    expect(findings).toEqual([]);
  });
});
