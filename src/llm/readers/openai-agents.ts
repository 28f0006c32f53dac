import type { LlmReader } from './reader';
import { toolCalls } from './tool-calls';
import { readUsage } from './usage';
import { View } from './view';

const CLIENT_CALL = /^(function|computer|shell|apply_patch)_call$/;

/**
 * Model responses of the OpenAI Agents SDK, as the activities of `@temporalio/openai-agents` return them: one response,
 * or every event of a stream, the last of which carries it. The model that answered stands in the provider's own response,
 * which the SDK keeps as `providerData`.
 */
export const openAiAgents: LlmReader = {
  shape: 'openai-agents.response',

  recognise(view) {
    const last = Array.isArray(view.value) ? new View(view.value.at(-1)) : view;
    const streamed = last.is('type', 'response_done');
    const response = streamed ? last.get('response') : view;
    const tokens = [response.count('usage.inputTokens'), response.count('usage.outputTokens')];
    const known = streamed || response.count('usage.requests') !== undefined;
    if (!known || tokens.includes(undefined) || response.list('output') === undefined) return undefined;
    // Details are one record, or a list with one for each request that is summed up; a model response is one request.
    const details = Array.isArray(response.at('usage.inputTokensDetails')) ? 'Details.0' : 'Details';
    // The Agents SDK fills in zeros when the provider reported nothing; no real call is empty both ways.
    const usage = tokens.some(Boolean)
      ? readUsage(response, {
          input: 'usage.inputTokens',
          output: 'usage.outputTokens',
          cacheRead: `usage.inputTokens${details}.cached_tokens`,
          cacheWrite: `usage.inputTokens${details}.cache_write_tokens`,
          reasoning: `usage.outputTokens${details}.reasoning_tokens`,
        })
      : undefined;
    const model = response.word('model') ?? response.word('providerData.model');
    return { response, model, usage, turns: 1 };
  },

  read({ response }) {
    const output = response.list('output') ?? [];
    const calls = output.filter((item) => CLIENT_CALL.test(item.word('type') ?? ''));
    const responseId = response.word('responseId') ?? response.word('id');
    return {
      provider: responseId?.startsWith('resp_') ? 'openai' : '_OTHER',
      responseId,
      finishRaw: output.findLast((item) => item.is('type', 'message'))?.word('status'),
      refusal: output.some((item) => item.has('content', 'refusal')),
      toolCalls: toolCalls(calls, 'callId', 'name', 'type'),
    };
  },
};
