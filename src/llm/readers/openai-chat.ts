import type { LlmToolCall } from '../types';
import { providerOfModel } from './provider';
import type { LlmReader } from './reader';
import { toolCalls } from './tool-calls';
import { isWholeUsage, readUsage, type UsagePaths } from './usage';
import { View } from './view';

const USAGE: UsagePaths = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  total: 'total_tokens',
  cacheRead: 'prompt_tokens_details.cached_tokens',
  cacheWrite: 'prompt_tokens_details.cache_write_tokens',
  reasoning: 'completion_tokens_details.reasoning_tokens',
};

/** Where one choice has the tools that it asks for, each with an id and a name. */
function toolsOf(choice: View): LlmToolCall[] {
  const calls = toolCalls(choice.list('message.tool_calls'), 'id', 'function.name', 'custom.name');
  const legacy = choice.at('message.function_call');
  return legacy === undefined ? calls : [...calls, ...toolCalls([new View(legacy)], 'id', 'name')];
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
    if (whole ? !Array.isArray(view.at('choices')) : !view.is('message.role', 'assistant')) return undefined;
    // Some relays put usage into the first choice instead of beside the choices.
    const usage = readUsage(view.get('usage'), USAGE) ?? readUsage(view.get('choices.0.usage'), USAGE);
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
      toolCalls: choices.flatMap(toolsOf),
    };
  },
};
