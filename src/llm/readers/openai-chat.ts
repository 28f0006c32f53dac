import type { LlmCall } from '../types';
import { makeCall, toolCalls } from './call';
import { providerOfModel } from './provider';
import type { FoundResponse } from './shapes';

/**
 * OpenAI chat completions and the many servers that speak their format, and the older text completions.
 * A refusal's finish reason is `stop`: only the message tells. A bare `{ message, usage, model }` reads as one choice.
 */
export function readOpenAiChat(found: FoundResponse): LlmCall {
  const { response, model } = found;
  const choices = response.list('choices') ?? [response];
  return makeCall(found, {
    provider: response.at('prompt_filter_results') ? 'azure.ai.openai' : (providerOfModel(model) ?? 'openai'),
    operation: response.is('object', 'text_completion') ? 'text_completion' : 'chat',
    responseId: response.word('id'),
    finishRaw: choices[0]?.word('finish_reason'),
    refusal: choices.some((choice) => choice.at('message.refusal')),
    toolCalls: choices.flatMap((choice) => [
      ...toolCalls(choice.list('message.tool_calls'), 'id', 'function.name', 'custom.name'),
      ...toolCalls([choice], 'message.function_call.id', 'message.function_call.name'),
    ]),
  });
}
