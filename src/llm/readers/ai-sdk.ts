import type { LlmCall } from '../types';
import { makeCall, toolCalls } from './call';
import { providerOfModel } from './provider';
import type { FoundResponse } from './shapes';
import type { View } from './view';

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

/**
 * AI SDK: provider results V2, V3 and V4, which `invokeModel` of `@temporalio/ai-sdk` returns, and `generateText`, whose
 * last step tells how the loop ended.
 */
export function readAiSdk(found: FoundResponse): LlmCall {
  const turns = (found.shape === 'ai-sdk.steps' && found.response.list('steps')) || [found.response];
  const last = turns.at(-1) ?? found.response;
  const finishWord = last.word('finishReason.unified') ?? last.word('finishReason') ?? '';
  const tools = turns
    .flatMap((turn) => turn.list('content') ?? [])
    .filter((part) => part.is('type', 'tool-call') && part.at('providerExecuted') !== true);
  return makeCall(found, {
    provider: providerOf(last) ?? providerOfModel(found.model) ?? '_OTHER',
    responseId: last.word('response.id'),
    finishRaw: last.word('finishReason.raw') ?? last.word('rawFinishReason') ?? finishWord,
    finishWord,
    toolCalls: toolCalls(tools, 'toolCallId', 'toolName'),
  });
}
