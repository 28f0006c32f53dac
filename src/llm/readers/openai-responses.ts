import { providerOfModel } from './provider';
import type { LlmReader } from './reader';
import { toolCalls } from './tool-calls';
import { readUsage, type UsagePaths } from './usage';

/** Items that the application has to run, as against those that OpenAI runs itself (`web_search_call` and others). */
const CLIENT_CALL = /^(function|custom_tool|computer|local_shell|shell|apply_patch)_call$/;

const USAGE: UsagePaths = {
  input: 'input_tokens',
  output: 'output_tokens',
  total: 'total_tokens',
  cacheRead: 'input_tokens_details.cached_tokens',
  cacheWrite: 'input_tokens_details.cache_write_tokens',
  reasoning: 'output_tokens_details.reasoning_tokens',
};

/** OpenAI Responses. A failed one arrives with HTTP 200. */
export const openAiResponses: LlmReader = {
  shape: 'openai.responses',

  recognise(view) {
    if (!view.is('object', 'response') || !Array.isArray(view.at('output'))) return undefined;
    const usage = readUsage(view.get('usage'), USAGE);
    // A response that is queued in the background has not met the model yet, so it is no turn.
    const waiting = view.is('status', 'queued') || view.is('status', 'in_progress');
    return { response: view, model: view.word('model'), usage, turns: waiting ? 0 : 1 };
  },

  read({ response, model }) {
    const output = response.list('output') ?? [];
    const calls = output.filter((item) => CLIENT_CALL.test(item.word('type') ?? ''));
    return {
      provider: providerOfModel(model) ?? 'openai',
      responseId: response.word('id'),
      finishRaw: response.word('incomplete_details.reason') ?? response.word('status'),
      refusal: output.some((item) => item.has('content', 'refusal')),
      toolCalls: toolCalls(calls, 'call_id', 'name', 'type'),
    };
  },
};
