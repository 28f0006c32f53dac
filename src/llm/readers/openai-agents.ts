import type { LlmReader } from '../types';
import { makeCall, toolCalls } from './call';
import { readUsage } from './usage';
import { View } from './view';

const CLIENT_CALL = /^(function|computer|shell|apply_patch)_call$/;

/**
 * Model responses of the OpenAI Agents SDK, as the activities of `@temporalio/openai-agents` return them: one response,
 * or every event of a stream, the last of which carries it. The model stands in the request only.
 */
export const openAiAgents: LlmReader = {
  shape: 'openai-agents.response',
  read(view) {
    const last = new View(Array.isArray(view.value) ? view.value.at(-1) : undefined);
    const streamed = last.is('type', 'response_done');
    const response = streamed ? new View(last.at('response')) : view;
    const output = response.list('output');
    const tokens = [response.count('usage.inputTokens'), response.count('usage.outputTokens')];
    if (output === undefined || tokens.includes(undefined)) return undefined;
    if (!streamed && response.count('usage.requests') === undefined) return undefined;

    // Details are one record, or a list of one for each request that is summed up; a model response is one request.
    const input = Array.isArray(response.at('usage.inputTokensDetails')) ? '.0.' : '.';
    const responseId = response.word(streamed ? 'id' : 'responseId');
    return makeCall({
      shape: 'openai-agents.response',
      provider: responseId?.startsWith('resp_') ? 'openai' : '_OTHER',
      responseId,
      // The Agents SDK fills in zeros when the provider reported nothing; no real call is empty both ways.
      usage: tokens.some(Boolean)
        ? readUsage(response, {
            input: 'usage.inputTokens',
            output: 'usage.outputTokens',
            cacheRead: `usage.inputTokensDetails${input}cached_tokens`,
            cacheWrite: `usage.inputTokensDetails${input}cache_write_tokens`,
            reasoning: `usage.outputTokensDetails${input}reasoning_tokens`,
          })
        : undefined,
      finishRaw: output.findLast((item) => item.is('type', 'message'))?.word('status'),
      refusal: output.some((item) => item.has('content', 'refusal')),
      toolCalls: toolCalls(
        output.filter((item) => CLIENT_CALL.test(item.word('type') ?? '')),
        'callId',
        'name',
        'type',
      ),
    });
  },
};
