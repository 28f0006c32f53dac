/**
 * The AI SDK: provider results V2, V3 and V4, which `invokeModel` of `@temporalio/ai-sdk` returns, and `generateText`,
 * whose steps look like them.
 *
 * @module
 */

import type { LlmUsage } from '../types';
import { providerOfModel } from './provider';
import type { FoundResponse, LlmReader, ResponseDetails } from './reader';
import { toolCalls } from './tool-calls';
import { readUsage, sumUsage } from './usage';
import type { View } from './view';

const FINISH = /^(stop|length|tool-calls|content-filter|error|other|unknown|interrupted)$/;

/** The AI SDK's names of providers, as in `openai.responses` or as a key of `providerMetadata`. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^openai/, 'openai'],
  [/^anthropic/, 'anthropic'],
  [/^azure/, 'azure.ai.openai'],
  [/bedrock/, 'aws.bedrock'],
  [/vertex/, 'gcp.vertex_ai'],
  [/^google/, 'gcp.gemini'],
  [/^mistral/, 'mistral_ai'],
  [/^xai/, 'x_ai'],
  [/^moonshot/, 'moonshot_ai'],
  [/^groq/, 'groq'],
  [/^deepseek/, 'deepseek'],
  [/^cohere/, 'cohere'],
  [/^perplexity/, 'perplexity'],
];

function providerOf(turn: View): string | undefined {
  const name = turn.word('model.provider') ?? Object.keys(turn.at('providerMetadata') ?? {})[0] ?? '';
  return PROVIDERS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Usage of provider specification V3 and V4 is nested; that of V2 and of steps is flat, its details from 6 on nested. */
function usageOf(turn: View): LlmUsage | undefined {
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

function finishWordOf(turn: View): string {
  return turn.word('finishReason.unified') ?? turn.word('finishReason') ?? '';
}

/** Tools are those of all turns; how it ended, the last one tells. */
function readTurns({ response, model }: FoundResponse, turns: readonly View[]): ResponseDetails {
  const last = turns.at(-1) ?? response;
  const finishWord = finishWordOf(last);
  const tools = turns
    .flatMap((turn) => turn.list('content') ?? [])
    .filter((part) => part.is('type', 'tool-call') && part.at('providerExecuted') !== true);
  return {
    provider: providerOf(last) ?? providerOfModel(model) ?? '_OTHER',
    responseId: last.word('response.id'),
    finishRaw: last.word('finishReason.raw') ?? last.word('rawFinishReason') ?? finishWord,
    finishWord,
    toolCalls: toolCalls(tools, 'toolCallId', 'toolName'),
  };
}

/** One turn: a provider result, a step of `generateText`, or a result of `generateObject`. */
export const aiSdkTurn: LlmReader = {
  shape: 'ai-sdk.result',

  recognise(view) {
    const model = view.word('response.modelId');
    const matches =
      FINISH.test(finishWordOf(view)) &&
      typeof view.at('usage') === 'object' &&
      (model !== undefined || view.list('content') !== undefined);
    return matches ? { response: view, model, usage: usageOf(view), turns: 1 } : undefined;
  },

  read: (found) => readTurns(found, [found.response]),
};

/**
 * `generateText`: a whole agent loop in one value. Only `steps` is read: what its `usage` means changed between versions
 * (the last step in 5 and 6, the sum in 7), and JSON keeps little else.
 */
export const aiSdkSteps: LlmReader = {
  shape: 'ai-sdk.steps',

  recognise(view) {
    const steps = view.list('steps') ?? [];
    const turns = steps.flatMap((step) => aiSdkTurn.recognise(step) ?? []);
    if (turns.length === 0 || turns.length < steps.length) return undefined;
    const usage = sumUsage(turns.map((turn) => turn.usage));
    return { response: view, model: turns.at(-1)?.model, usage, turns: turns.length };
  },

  read: (found) => readTurns(found, found.response.list('steps') ?? []),
};
