import type { LlmReader } from '../types';
import { makeCall, toolCalls } from './call';
import { providerOfModel } from './provider';
import { readUsage } from './usage';

/** Items that the application has to run, as against those that OpenAI runs itself (`web_search_call` and others). */
const CLIENT_CALL = /^(function|custom_tool|computer|local_shell|shell|apply_patch)_call$/;

/** OpenAI Responses. A failed one arrives with HTTP 200; a queued one has not met the model yet, so it is no turn. */
export const openAiResponses: LlmReader = {
  shape: 'openai.responses',
  read(view) {
    const output = view.list('output');
    if (!view.is('object', 'response') || output === undefined) return undefined;

    const model = view.word('model');
    const status = view.word('status');
    const calls = output.filter((item) => CLIENT_CALL.test(item.word('type') ?? ''));
    return makeCall({
      shape: 'openai.responses',
      provider: providerOfModel(model) ?? 'openai',
      model,
      responseId: view.word('id'),
      usage: readUsage(view, {
        input: 'usage.input_tokens',
        output: 'usage.output_tokens',
        total: 'usage.total_tokens',
        cacheRead: 'usage.input_tokens_details.cached_tokens',
        cacheWrite: 'usage.input_tokens_details.cache_write_tokens',
        reasoning: 'usage.output_tokens_details.reasoning_tokens',
      }),
      finishRaw: view.word('incomplete_details.reason') ?? status,
      refusal: output.some((item) => item.has('content', 'refusal')),
      toolCalls: toolCalls(calls, 'call_id', 'name', 'type'),
      turns: status === 'queued' || status === 'in_progress' ? 0 : 1,
    });
  },
};
