import { ApplicationFailure } from '@temporalio/workflow';
import type OpenAI from 'openai';
import { models, tools } from './proxies';

const MAX_TURNS = 10;

const PAGES = ['durable-execution', 'activities', 'long-histories'];

const TOOLS: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'search',
      description: 'Searches the handbook and returns titles and addresses.',
      parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    },
  },
  {
    type: 'function',
    function: {
      name: 'read_page',
      description: 'Reads one page of the handbook.',
      parameters: { type: 'object', properties: { page: { type: 'string', enum: PAGES } }, required: ['page'] },
    },
  },
];

export interface ResearchInput {
  readonly question: string;
}

/** Answers a question: asks the model, runs the tools that it chose, and asks again until it has an answer. */
export async function research({ question }: ResearchInput): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: 'system', content: 'Answer from the handbook. Use the tools; name your sources.' },
    { role: 'user', content: question },
  ];
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const completion = await models.chatCompletion({ messages, tools: TOOLS });
    const message = completion.choices[0]?.message;
    if (message === undefined) throw ApplicationFailure.retryable('The model returned no choice', 'EmptyCompletion');
    messages.push(message);
    if (!message.tool_calls?.length) return message.content ?? message.refusal ?? '';
    messages.push(...(await Promise.all(message.tool_calls.map(runTool))));
  }
  throw ApplicationFailure.nonRetryable(`No answer after ${MAX_TURNS} turns`, 'TurnLimit');
}

async function runTool(call: OpenAI.ChatCompletionMessageToolCall): Promise<OpenAI.ChatCompletionToolMessageParam> {
  return { role: 'tool', tool_call_id: call.id, content: JSON.stringify(await callTool(call)) };
}

async function callTool(call: OpenAI.ChatCompletionMessageToolCall): Promise<unknown> {
  if (call.type !== 'function') return { error: 'unknown kind of tool' };
  const input = JSON.parse(call.function.arguments || '{}') as { query?: string; page?: string };
  switch (call.function.name) {
    case 'search':
      return tools.search(input.query ?? '');
    case 'read_page':
      return tools.readPage(input.page ?? '');
    default:
      return { error: `There is no tool ${call.function.name}` };
  }
}
