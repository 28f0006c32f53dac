import type { LlmReader } from '../types';
import { makeCall, toolCalls } from './call';
import { readUsage } from './usage';

/** The clouds that resell Claude mark it in the message id. */
function providerOf(id = ''): string {
  return id.startsWith('msg_bdrk_') ? 'aws.bedrock' : id.startsWith('msg_vrtx_') ? 'gcp.vertex_ai' : 'anthropic';
}

/** Anthropic messages, whole or as activities often return them: `{ message: { role, content }, usage, model }`. */
export const anthropicMessages: LlmReader = {
  shape: 'anthropic.messages',
  read(view) {
    const usage = readUsage(view, {
      input: 'usage.input_tokens',
      inputExcludesCache: true,
      output: 'usage.output_tokens',
      cacheRead: 'usage.cache_read_input_tokens',
      cacheWrite: 'usage.cache_creation_input_tokens',
      cacheWrite1h: 'usage.cache_creation.ephemeral_1h_input_tokens',
      reasoning: 'usage.output_tokens_details.thinking_tokens',
    });
    const whole = view.is('type', 'message');
    if (!whole && (usage?.inputTokens === undefined || usage.outputTokens === undefined)) return undefined;
    const path = whole ? '' : 'message.';
    const model = view.word('model');
    const content = view.list(`${path}content`);
    if (model === undefined || content === undefined || !view.is(`${path}role`, 'assistant')) return undefined;

    const responseId = view.word('id');
    return makeCall({
      shape: 'anthropic.messages',
      provider: providerOf(responseId),
      model,
      responseId,
      usage,
      finishRaw: view.word('stop_reason'),
      toolCalls: toolCalls(
        content.filter((block) => block.is('type', 'tool_use')),
        'id',
        'name',
      ),
    });
  },
};
