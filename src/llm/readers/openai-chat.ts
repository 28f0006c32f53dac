import type { LlmUsage } from '../types';
import { providerOfModel } from './provider';
import type { LlmReader } from './reader';
import { toolCalls } from './tool-calls';
import { isWholeUsage, readUsage } from './usage';
import type { View } from './view';

function usageAt(view: View, path: string): LlmUsage | undefined {
  return readUsage(view, {
    input: `${path}.prompt_tokens`,
    output: `${path}.completion_tokens`,
    total: `${path}.total_tokens`,
    cacheRead: `${path}.prompt_tokens_details.cached_tokens`,
    cacheWrite: `${path}.prompt_tokens_details.cache_write_tokens`,
    reasoning: `${path}.completion_tokens_details.reasoning_tokens`,
  });
}

/**
 * OpenAI chat completions and the many servers that speak their format, and the older text completions; also what
 * activities often return instead of the whole: `{ message, usage, model }`, which reads as one choice.
 */
export const openAiChat: LlmReader = {
  shape: 'openai.chat',

  recognise(view) {
    const object = view.at('object');
    const whole = object === 'chat.completion' || object === 'text_completion';
    if (whole ? view.list('choices') === undefined : !view.is('message.role', 'assistant')) return undefined;
    // Some relays put usage into the first choice instead of beside the choices.
    const usage = usageAt(view, 'usage') ?? usageAt(view, 'choices.0.usage');
    return whole || isWholeUsage(usage) ? { response: view, model: view.word('model'), usage, turns: 1 } : undefined;
  },

  read({ response, model }) {
    const choices = response.list('choices') ?? [response];
    return {
      provider: response.at('prompt_filter_results') ? 'azure.ai.openai' : (providerOfModel(model) ?? 'openai'),
      operation: response.is('object', 'text_completion') ? 'text_completion' : 'chat',
      responseId: response.word('id'),
      finishRaw: choices[0]?.word('finish_reason'),
      // A refusal's finish reason is `stop`: only the message tells.
      refusal: choices.some((choice) => choice.at('message.refusal')),
      toolCalls: choices.flatMap((choice) => [
        ...toolCalls(choice.list('message.tool_calls'), 'id', 'function.name', 'custom.name'),
        ...toolCalls([choice], 'message.function_call.id', 'message.function_call.name'),
      ]),
    };
  },
};
