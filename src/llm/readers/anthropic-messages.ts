import type { LlmCall } from '../types';
import { makeCall, toolCalls } from './call';
import type { FoundResponse } from './shapes';

/** The clouds that resell Claude mark it in the message id. */
function providerOf(id = ''): string {
  return id.startsWith('msg_bdrk_') ? 'aws.bedrock' : id.startsWith('msg_vrtx_') ? 'gcp.vertex_ai' : 'anthropic';
}

/** Anthropic messages, direct or through a cloud. */
export function readAnthropicMessages(found: FoundResponse): LlmCall {
  const { response } = found;
  const responseId = response.word('id');
  const content = response.list('content') ?? response.list('message.content') ?? [];
  const tools = content.filter((block) => block.is('type', 'tool_use'));
  return makeCall(found, {
    provider: providerOf(responseId),
    responseId,
    finishRaw: response.word('stop_reason'),
    toolCalls: toolCalls(tools, 'id', 'name'),
  });
}
