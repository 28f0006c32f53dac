import { providerOfModel } from './provider';
import type { LlmReader } from './reader';
import { toolCalls } from './tool-calls';
import { readUsage } from './usage';

/** Items that the application has to run, as against those that OpenAI runs itself (`web_search_call` and others). */
const CLIENT_CALL = /^(function|custom_tool|computer|local_shell|shell|apply_patch)_call$/;

/** OpenAI Responses. A failed one arrives with HTTP 200. */
export const openAiResponses: LlmReader = {
  shape: 'openai.responses',

  recognise(view) {
    if (!view.is('object', 'response') || view.list('output') === undefined) return undefined;
    const usage = readUsage(view, {
      input: 'usage.input_tokens',
      output: 'usage.output_tokens',
      total: 'usage.total_tokens',
      cacheRead: 'usage.input_tokens_details.cached_tokens',
      cacheWrite: 'usage.input_tokens_details.cache_write_tokens',
      reasoning: 'usage.output_tokens_details.reasoning_tokens',
    });
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
