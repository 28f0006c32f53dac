import type { LlmCall, LlmReader, LlmUsage } from '../types';
import { makeCall, toolCalls } from './call';
import { providerOfModel } from './provider';
import { readUsage, sumUsage } from './usage';
import type { View } from './view';

const FINISH_WORD = /^(stop|length|tool-calls|content-filter|error|other|unknown|interrupted)$/;

/** The AI SDK's names of providers, as in `openai.responses` or as a key of `providerMetadata`. */
const PROVIDERS: readonly (readonly [RegExp, string])[] = [
  [/^azure/, 'azure.ai.openai'],
  [/bedrock/, 'aws.bedrock'],
  [/vertex/, 'gcp.vertex_ai'],
  [/^google/, 'gcp.gemini'],
  [/^mistral/, 'mistral_ai'],
  [/^xai/, 'x_ai'],
  [/^moonshot/, 'moonshot_ai'],
  [/^(openai|anthropic|groq|deepseek|cohere|perplexity)/, ''],
];

function providerOf(turn: View): string | undefined {
  const name = turn.word('model.provider') ?? Object.keys(turn.at('providerMetadata') ?? {})[0] ?? '';
  const [pattern, provider] = PROVIDERS.find(([candidate]) => candidate.test(name)) ?? [];
  return provider || pattern?.exec(name)?.[0];
}

/** Usage of provider specification V3 and V4 is nested; that of V2 and of steps is flat, its details from 6 on nested. */
function usageOf(turn: View): LlmUsage | undefined {
  if (typeof turn.at('usage.inputTokens') === 'object') {
    return readUsage(turn, {
      input: 'usage.inputTokens.total',
      output: 'usage.outputTokens.total',
      cacheRead: 'usage.inputTokens.cacheRead',
      cacheWrite: 'usage.inputTokens.cacheWrite',
      reasoning: 'usage.outputTokens.reasoning',
    });
  }
  if (turn.at('usage.inputTokenDetails') !== undefined) {
    return readUsage(turn, {
      input: 'usage.inputTokens',
      output: 'usage.outputTokens',
      cacheRead: 'usage.inputTokenDetails.cacheReadTokens',
      cacheWrite: 'usage.inputTokenDetails.cacheWriteTokens',
      reasoning: 'usage.outputTokenDetails.reasoningTokens',
    });
  }
  return readUsage(turn, {
    input: 'usage.inputTokens',
    output: 'usage.outputTokens',
    cacheRead: 'usage.cachedInputTokens',
    cacheWrite: 'providerMetadata.anthropic.cacheCreationInputTokens',
    // AI SDK 5 hands on Anthropic's own count, cache left out; from 6 on it is included.
    inputExcludesCache: turn.at('providerMetadata.anthropic') !== undefined,
    reasoning: 'usage.reasoningTokens',
  });
}

/** One turn: a provider result, a step of `generateText`, or a result of `generateObject`. */
function readTurn(turn: View): LlmCall | undefined {
  const unified = turn.word('finishReason.unified') ?? turn.word('finishReason') ?? '';
  const model = turn.word('response.modelId');
  const content = turn.list('content');
  if (!FINISH_WORD.test(unified) || typeof turn.at('usage') !== 'object' || !(content || model)) return undefined;

  const raw = turn.word('finishReason.raw') ?? turn.word('rawFinishReason') ?? unified;
  const call = makeCall({
    shape: 'ai-sdk.result',
    provider: providerOf(turn) ?? providerOfModel(model) ?? '_OTHER',
    model,
    responseId: turn.word('response.id'),
    usage: usageOf(turn),
    finishRaw: unified,
    refusal: raw === 'refusal',
    toolCalls: toolCalls(
      content?.filter((part) => part.is('type', 'tool-call') && part.at('providerExecuted') !== true),
      'toolCallId',
      'toolName',
    ),
  });
  return { ...call, finishRaw: raw };
}

/**
 * AI SDK: provider results V2, V3 and V4, which `invokeModel` of `@temporalio/ai-sdk` returns, and `generateText`, a
 * whole agent loop in one value. Of that only `steps` is read: what its `usage` means changed between versions (the
 * last step in 5 and 6, the sum in 7), and JSON keeps little else.
 */
export const aiSdk: LlmReader = {
  shape: 'ai-sdk.result',
  read(view) {
    const steps = view.list('steps') ?? [];
    const turns = steps.flatMap((step) => readTurn(step) ?? []);
    const last = turns.at(-1);
    if (last === undefined) return readTurn(view);
    if (turns.length < steps.length) return undefined;
    return makeCall({
      ...last,
      shape: 'ai-sdk.steps',
      usage: sumUsage(turns.map((turn) => turn.usage)),
      toolCalls: turns.flatMap((turn) => turn.toolCalls),
      turns: turns.length,
    });
  },
};
