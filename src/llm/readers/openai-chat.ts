import type { LlmReader } from '../types';
import { makeCall, toolCalls } from './call';
import { providerOfModel } from './provider';
import { readUsage } from './usage';
import { View } from './view';

const USAGE = {
  input: 'usage.prompt_tokens',
  output: 'usage.completion_tokens',
  total: 'usage.total_tokens',
  cacheRead: 'usage.prompt_tokens_details.cached_tokens',
  cacheWrite: 'usage.prompt_tokens_details.cache_write_tokens',
  reasoning: 'usage.completion_tokens_details.reasoning_tokens',
};

/**
 * OpenAI chat completions and the many servers that speak their format, the older text completions, and what activities
 * often return instead of the whole: `{ message, usage, model }`, which reads as one choice.
 * A refusal's finish reason is `stop`: only the message tells.
 */
export const openAiChat: LlmReader = {
  shape: 'openai.chat',
  read(view) {
    let usage = readUsage(view, USAGE);
    let choices = view.list('choices');
    const text = view.is('object', 'text_completion');
    if (view.is('message.role', 'assistant') && usage?.inputTokens !== undefined && usage.outputTokens !== undefined) {
      choices = [view];
    } else if (!text && !view.is('object', 'chat.completion')) {
      return undefined;
    }
    if (choices === undefined) return undefined;

    const first = choices[0] ?? new View(undefined);
    // Some relays put usage into the first choice instead of beside the choices.
    usage ??= readUsage(first, USAGE);
    const model = view.word('model');
    return makeCall({
      shape: 'openai.chat',
      provider: view.at('prompt_filter_results') ? 'azure.ai.openai' : (providerOfModel(model) ?? 'openai'),
      operation: text ? 'text_completion' : 'chat',
      model,
      responseId: view.word('id'),
      usage,
      finishRaw: first.word('finish_reason'),
      refusal: choices.some((choice) => choice.at('message.refusal')),
      toolCalls: choices.flatMap((choice) => [
        ...toolCalls(choice.list('message.tool_calls'), 'id', 'function.name', 'custom.name'),
        ...toolCalls([choice], 'message.function_call.id', 'message.function_call.name'),
      ]),
    });
  },
};
