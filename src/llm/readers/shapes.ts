/**
 * How a model's response is recognised, and where its model and tokens are. This much the workflow sandbox needs too,
 * where every byte is loaded for every user: what else a response says is read in the file of its shape.
 *
 * @module
 */

import type { LlmUsage } from '../types';
import { readUsage, sumUsage } from './usage';
import { View } from './view';

/** A recognised response. */
export interface FoundResponse {
  readonly shape: string;
  readonly response: View;
  readonly model?: string | undefined;
  readonly usage?: LlmUsage | undefined;
  /** Model turns inside; see `LlmCall.turns`. */
  readonly turns: number;
}

type Recognise = (view: View) => FoundResponse | undefined;

function found(shape: string, response: View, usage: LlmUsage | undefined, turns = 1): FoundResponse {
  return { shape, response, model: response.word('model'), usage, turns };
}

function hasBoth(usage: LlmUsage | undefined): boolean {
  return usage?.inputTokens !== undefined && usage.outputTokens !== undefined;
}

/** Also what activities often return instead of the whole: `{ message, usage, model }`. */
const openAiChat: Recognise = (view) => {
  const usageAt = (path: string) =>
    readUsage(view, {
      input: `${path}.prompt_tokens`,
      output: `${path}.completion_tokens`,
      total: `${path}.total_tokens`,
      cacheRead: `${path}.prompt_tokens_details.cached_tokens`,
      cacheWrite: `${path}.prompt_tokens_details.cache_write_tokens`,
      reasoning: `${path}.completion_tokens_details.reasoning_tokens`,
    });
  // Some relays put usage into the first choice instead of beside the choices.
  const usage = usageAt('usage') ?? usageAt('choices.0.usage');
  const whole = view.is('object', 'chat.completion') || view.is('object', 'text_completion');
  const matches = whole ? view.list('choices') !== undefined : view.is('message.role', 'assistant') && hasBoth(usage);
  return matches ? found('openai.chat', view, usage) : undefined;
};

/** A response that is queued in the background has not met the model yet, so it is no turn. */
const openAiResponses: Recognise = (view) => {
  if (!view.is('object', 'response') || view.list('output') === undefined) return undefined;
  const usage = readUsage(view, {
    input: 'usage.input_tokens',
    output: 'usage.output_tokens',
    total: 'usage.total_tokens',
    cacheRead: 'usage.input_tokens_details.cached_tokens',
    cacheWrite: 'usage.input_tokens_details.cache_write_tokens',
    reasoning: 'usage.output_tokens_details.reasoning_tokens',
  });
  const waiting = view.is('status', 'queued') || view.is('status', 'in_progress');
  return found('openai.responses', view, usage, waiting ? 0 : 1);
};

/** Also what activities often return instead of the whole: `{ message: { role, content }, usage, model }`. */
const anthropicMessages: Recognise = (view) => {
  const usage = readUsage(view, {
    input: 'usage.input_tokens',
    inputExcludesCache: true,
    output: 'usage.output_tokens',
    cacheRead: 'usage.cache_read_input_tokens',
    cacheWrite: 'usage.cache_creation_input_tokens',
    cacheWrite1h: 'usage.cache_creation.ephemeral_1h_input_tokens',
    reasoning: 'usage.output_tokens_details.thinking_tokens',
  });
  const whole = view.is('type', 'message');
  const message = whole ? view : view.get('message');
  const matches =
    (whole || hasBoth(usage)) &&
    view.word('model') !== undefined &&
    message.is('role', 'assistant') &&
    message.list('content') !== undefined;
  return matches ? found('anthropic.messages', view, usage) : undefined;
};

const AI_SDK_FINISH = /^(stop|length|tool-calls|content-filter|error|other|unknown|interrupted)$/;

/** Usage of provider specification V3 and V4 is nested; that of V2 and of steps is flat, its details from 6 on nested. */
function aiSdkUsage(turn: View): LlmUsage | undefined {
  const nested = typeof turn.at('usage.inputTokens') === 'object';
  const detailed = turn.at('usage.inputTokenDetails') !== undefined;
  const anthropic = 'providerMetadata.anthropic';
  return nested
    ? readUsage(turn, {
        input: 'usage.inputTokens.total',
        output: 'usage.outputTokens.total',
        cacheRead: 'usage.inputTokens.cacheRead',
        cacheWrite: 'usage.inputTokens.cacheWrite',
        reasoning: 'usage.outputTokens.reasoning',
      })
    : readUsage(turn, {
        input: 'usage.inputTokens',
        output: 'usage.outputTokens',
        cacheRead: detailed ? 'usage.inputTokenDetails.cacheReadTokens' : 'usage.cachedInputTokens',
        cacheWrite: detailed ? 'usage.inputTokenDetails.cacheWriteTokens' : `${anthropic}.cacheCreationInputTokens`,
        // AI SDK 5 hands on Anthropic's own count, cache left out; from 6 on, which has the details, it is included.
        inputExcludesCache: !detailed && turn.at(anthropic) !== undefined,
        reasoning: detailed ? 'usage.outputTokenDetails.reasoningTokens' : 'usage.reasoningTokens',
      });
}

/** One turn: a provider result, a step of `generateText`, or a result of `generateObject`. */
const aiSdkTurn: Recognise = (turn) => {
  const finish = turn.word('finishReason.unified') ?? turn.word('finishReason') ?? '';
  const model = turn.word('response.modelId');
  const matches =
    AI_SDK_FINISH.test(finish) &&
    typeof turn.at('usage') === 'object' &&
    (model !== undefined || turn.list('content') !== undefined);
  return matches ? { ...found('ai-sdk.result', turn, aiSdkUsage(turn)), model } : undefined;
};

/**
 * `generateText`: a whole agent loop in one value. Only `steps` is read: what its `usage` means changed between versions
 * (the last step in 5 and 6, the sum in 7), and JSON keeps little else.
 */
const aiSdkSteps: Recognise = (view) => {
  const steps = view.list('steps') ?? [];
  const turns = steps.flatMap((step) => aiSdkTurn(step) ?? []);
  if (turns.length === 0 || turns.length < steps.length) return undefined;
  const usage = sumUsage(turns.map((turn) => turn.usage));
  return { ...found('ai-sdk.steps', view, usage, turns.length), model: turns.at(-1)?.model };
};

/** One response, or every event of a stream, the last of which carries it. The model stands in the request only. */
const openAiAgents: Recognise = (view) => {
  const last = Array.isArray(view.value) ? new View(view.value.at(-1)) : view;
  const streamed = last.is('type', 'response_done');
  const response = streamed ? last.get('response') : view;
  const tokens = [response.count('usage.inputTokens'), response.count('usage.outputTokens')];
  const known = streamed || response.count('usage.requests') !== undefined;
  if (!known || tokens.includes(undefined) || response.list('output') === undefined) return undefined;
  // Details are one record, or a list with one for each request that is summed up; a model response is one request.
  const details = Array.isArray(response.at('usage.inputTokensDetails')) ? 'Details.0' : 'Details';
  // The Agents SDK fills in zeros when the provider reported nothing; no real call is empty both ways.
  const usage = tokens.some(Boolean)
    ? readUsage(response, {
        input: 'usage.inputTokens',
        output: 'usage.outputTokens',
        cacheRead: `usage.inputTokens${details}.cached_tokens`,
        cacheWrite: `usage.inputTokens${details}.cache_write_tokens`,
        reasoning: `usage.outputTokens${details}.reasoning_tokens`,
      })
    : undefined;
  return found('openai-agents.response', response, usage);
};

/** They are no turn of an agent. */
const embeddings: Recognise = (view) => {
  if (view.is('object', 'list') && view.is('data.0.object', 'embedding')) {
    return found('openai.embeddings', view, readUsage(view, { input: 'usage.prompt_tokens' }), 0);
  }
  if (typeof view.at('embeddings.0.0') !== 'number' || view.count('usage.tokens') === undefined) return undefined;
  return found('ai-sdk.embeddings', view, readUsage(view, { input: 'usage.tokens' }), 0);
};

const SHAPES: readonly Recognise[] = [
  openAiChat,
  openAiResponses,
  anthropicMessages,
  aiSdkSteps,
  aiSdkTurn,
  openAiAgents,
  embeddings,
];

/** Most properties of a value that are looked into for a wrapped response. */
const MAX_WRAPPER_KEYS = 20;

function findDirectly(value: unknown): FoundResponse | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const view = new View(value);
  for (const recognise of SHAPES) {
    const response = recognise(view);
    if (response !== undefined) return response;
  }
  return undefined;
}

/** Finds a response in a value, or one level down: activities often return it beside something of their own. */
export function findResponse(value: unknown): FoundResponse | undefined {
  const response = findDirectly(value);
  if (response !== undefined || typeof value !== 'object') return response;
  // The elements of an array or a buffer are no properties that a user wrapped something in, and there can be many.
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  let seen = 0;
  for (const key in value) {
    if (++seen > MAX_WRAPPER_KEYS) return undefined;
    const wrapped = findDirectly(Object.getOwnPropertyDescriptor(value, key)?.value);
    if (wrapped !== undefined) return wrapped;
  }
  return undefined;
}
