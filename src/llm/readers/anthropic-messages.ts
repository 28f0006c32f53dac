import type { LlmReader } from './reader';
import { toolCalls } from './tool-calls';
import { isWholeUsage, readUsage, type UsagePaths } from './usage';

/** The clouds that resell Claude mark it in the message id. */
function providerOf(id = ''): string {
  return id.startsWith('msg_bdrk_') ? 'aws.bedrock' : id.startsWith('msg_vrtx_') ? 'gcp.vertex_ai' : 'anthropic';
}

const USAGE: UsagePaths = {
  input: 'input_tokens',
  inputExcludesCache: true,
  output: 'output_tokens',
  cacheRead: 'cache_read_input_tokens',
  cacheWrite: 'cache_creation_input_tokens',
  cacheWrite1h: 'cache_creation.ephemeral_1h_input_tokens',
  reasoning: 'output_tokens_details.thinking_tokens',
};

/**
 * Anthropic messages, direct or through a cloud; also what activities often return instead of the whole:
 * `{ message: { role, content }, usage, model }`.
 */
export const anthropicMessages: LlmReader = {
  shape: 'anthropic.messages',

  recognise(view) {
    const whole = view.is('type', 'message');
    const message = whole ? view : view.get('message');
    const model = view.word('model');
    if (model === undefined || !message.is('role', 'assistant') || !Array.isArray(message.at('content'))) {
      return undefined;
    }
    const usage = readUsage(view.get('usage'), USAGE);
    return whole || isWholeUsage(usage) ? { response: view, model, usage, turns: 1 } : undefined;
  },

  read({ response }) {
    const responseId = response.word('id');
    const content = response.list('content') ?? response.list('message.content') ?? [];
    const tools = content.filter((block) => block.is('type', 'tool_use'));
    return {
      provider: providerOf(responseId),
      responseId,
      finishRaw: response.word('stop_reason'),
      toolCalls: toolCalls(tools, 'id', 'name'),
    };
  },
};
