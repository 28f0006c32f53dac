import type { Answer } from '../answer';
import { contentText, type Json, jsons } from '../conversation';
import { type Dialect, pieces, type ResponseContext, type ServerSentEvent } from './dialect';

const STOP: Readonly<Record<Answer['ending'], string>> = {
  text: 'end_turn',
  tool: 'tool_use',
  refuse: 'refusal',
  filter: 'refusal',
  length: 'max_tokens',
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** Anthropic messages: https://docs.claude.com/en/api/messages */
export const anthropicMessages: Dialect = {
  path: '/v1/messages',
  requestIdHeader: 'request-id',

  parse(body) {
    const messages = jsons(body.messages);
    const choice = (body.tool_choice ?? {}) as Json;
    const system = contentText(body.system);
    return {
      model: String(body.model),
      stream: body.stream === true,
      includeUsage: true,
      texts: [
        ...(system === '' ? [] : [system]),
        ...messages
          .filter(({ role }) => role === 'user')
          .map(({ content }) => contentText(content))
          .filter(Boolean),
      ],
      tools:
        choice.type === 'none'
          ? []
          : jsons(body.tools).map(({ name, input_schema }) => ({ name: String(name), schema: input_schema })),
      toolResults: messages.flatMap(({ content }) => jsons(content)).filter(({ type }) => type === 'tool_result')
        .length,
      inputChars: JSON.stringify([body.system ?? '', messages, body.tools ?? []]).length,
    };
  },

  response,

  *events(answer, context): Generator<ServerSentEvent> {
    const event = (type: string, fields: Json): ServerSentEvent => ({ event: type, data: { type, ...fields } });
    const { content, stop_reason, stop_details, usage, ...rest } = response(answer, context);
    // What is known at the start is sent with it; the output grows in cumulative counts.
    const { output_tokens, ...input } = (usage ?? {}) as Json;
    yield event('message_start', {
      message: { ...rest, content: [], stop_reason: null, stop_sequence: null, usage: { ...input, output_tokens: 1 } },
    });
    for (const [index, block] of jsons(content).entries()) {
      const empty = block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} };
      yield event('content_block_start', { index, content_block: empty });
      const json = block.type === 'tool_use';
      for (const piece of pieces(json ? JSON.stringify(block.input) : String(block.text))) {
        const delta = json ? { type: 'input_json_delta', partial_json: piece } : { type: 'text_delta', text: piece };
        yield event('content_block_delta', { index, delta });
      }
      yield event('content_block_stop', { index });
    }
    yield event('message_delta', {
      delta: { stop_reason, stop_sequence: null, stop_details },
      usage: { output_tokens },
    });
    yield event('message_stop', {});
  },

  errorBody({ status, code, message }, requestId) {
    const type = code === 'insufficient_quota' ? 'billing_error' : (code ?? ERROR_TYPES[status] ?? 'api_error');
    return { type: 'error', error: { type, message: message ?? `Played error ${status}.` }, request_id: requestId };
  },

  errorEvent() {
    return { event: 'error', data: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } };
  },
};

function response(answer: Answer, context: ResponseContext): Json {
  const block =
    answer.tool === undefined
      ? { type: 'text', text: answer.text, citations: null }
      : { type: 'tool_use', id: `toolu_${context.id}`, name: answer.tool.name, input: answer.tool.args };
  const refused = STOP[answer.ending] === 'refusal';
  return {
    id: `msg_${context.id}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: answer.ending === 'filter' ? [] : [block],
    stop_reason: STOP[answer.ending],
    stop_sequence: null,
    stop_details: refused ? { type: 'refusal', category: null, explanation: null } : null,
    ...(context.withUsage && { usage: usageOf(answer) }),
  };
}

/** Anthropic counts cache beside the input, and thinking inside the output. */
function usageOf({ tokens }: Answer): Json {
  return {
    input_tokens: tokens.input - tokens.cacheRead - tokens.cacheWrite,
    cache_creation_input_tokens: tokens.cacheWrite,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: tokens.cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: tokens.output,
    ...(tokens.reasoning > 0 && { output_tokens_details: { thinking_tokens: tokens.reasoning } }),
    service_tier: 'standard',
  };
}
