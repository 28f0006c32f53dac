import type { LlmCall } from '../types';
import { makeCall, toolCalls } from './call';
import { providerOfModel } from './provider';
import type { FoundResponse } from './shapes';

/** Items that the application has to run, as against those that OpenAI runs itself (`web_search_call` and others). */
const CLIENT_CALL = /^(function|custom_tool|computer|local_shell|shell|apply_patch)_call$/;

/** OpenAI Responses. A failed one arrives with HTTP 200. */
export function readOpenAiResponses(found: FoundResponse): LlmCall {
  const { response, model } = found;
  const output = response.list('output') ?? [];
  const calls = output.filter((item) => CLIENT_CALL.test(item.word('type') ?? ''));
  return makeCall(found, {
    provider: providerOfModel(model) ?? 'openai',
    responseId: response.word('id'),
    finishRaw: response.word('incomplete_details.reason') ?? response.word('status'),
    refusal: output.some((item) => item.has('content', 'refusal')),
    toolCalls: toolCalls(calls, 'call_id', 'name', 'type'),
  });
}
