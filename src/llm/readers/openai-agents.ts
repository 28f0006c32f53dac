import type { LlmCall } from '../types';
import { makeCall, toolCalls } from './call';
import type { FoundResponse } from './shapes';

const CLIENT_CALL = /^(function|computer|shell|apply_patch)_call$/;

/** Model responses of the OpenAI Agents SDK, as the activities of `@temporalio/openai-agents` return them. */
export function readOpenAiAgents(found: FoundResponse): LlmCall {
  const { response } = found;
  const output = response.list('output') ?? [];
  const calls = output.filter((item) => CLIENT_CALL.test(item.word('type') ?? ''));
  const responseId = response.word('responseId') ?? response.word('id');
  return makeCall(found, {
    provider: responseId?.startsWith('resp_') ? 'openai' : '_OTHER',
    responseId,
    finishRaw: output.findLast((item) => item.is('type', 'message'))?.word('status'),
    refusal: output.some((item) => item.has('content', 'refusal')),
    toolCalls: toolCalls(calls, 'callId', 'name', 'type'),
  });
}
