import type { Answer } from '../answer';
import { contentText, isJson, type Json, jsons } from '../conversation';
import { CREATED, type Dialect, pieces, type ResponseContext, type ServerSentEvent } from './dialect';
import { openAiErrorBody } from './openai-error';

const FINISH: Readonly<Record<Answer['ending'], string>> = {
  text: 'stop',
  refuse: 'stop',
  tool: 'tool_calls',
  filter: 'content_filter',
  length: 'length',
};

/** OpenAI chat completions: https://platform.openai.com/docs/api-reference/chat */
export const openAiChat: Dialect = {
  path: '/v1/chat/completions',
  requestIdHeader: 'x-request-id',

  parse(body) {
    const messages = jsons(body.messages);
    const format = isJson(body.response_format) ? body.response_format : {};
    return {
      model: String(body.model),
      stream: body.stream === true,
      includeUsage: body.stream !== true || (isJson(body.stream_options) && body.stream_options.include_usage === true),
      texts: messages
        .filter(({ role }) => role === 'system' || role === 'developer' || role === 'user')
        .map(({ content }) => contentText(content)),
      tools:
        body.tool_choice === 'none'
          ? []
          : jsons(body.tools).map((tool) => {
              const definition = isJson(tool.function) ? tool.function : {};
              return { name: String(definition.name), schema: definition.parameters };
            }),
      toolResults: messages.filter(({ role }) => role === 'tool').length,
      ...(isJson(format.json_schema) && { schema: format.json_schema.schema }),
      inputChars: JSON.stringify([messages, body.tools ?? []]).length,
    };
  },

  response(answer, context) {
    return {
      id: `chatcmpl-${context.id}`,
      object: 'chat.completion',
      created: CREATED,
      model: context.model,
      choices: [
        { index: 0, message: messageOf(answer, context), logprobs: null, finish_reason: FINISH[answer.ending] },
      ],
      ...(context.withUsage && { usage: usageOf(answer) }),
      service_tier: 'default',
      system_fingerprint: 'fp_0123456789',
    };
  },

  *events(answer, context): Generator<ServerSentEvent> {
    const chunk = (delta: Json, finish: string | null = null) => ({
      data: {
        id: `chatcmpl-${context.id}`,
        object: 'chat.completion.chunk',
        created: CREATED,
        model: context.model,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
        ...(context.withUsage && { usage: null }),
      },
    });
    yield chunk({ role: 'assistant', content: answer.ending === 'text' ? '' : null, refusal: null });
    if (answer.tool === undefined) {
      const key = answer.ending === 'refuse' ? 'refusal' : 'content';
      for (const piece of pieces(answer.text)) yield chunk({ [key]: piece });
    } else {
      const id = `call_${context.id}`;
      yield chunk({
        tool_calls: [{ index: 0, id, type: 'function', function: { name: answer.tool.name, arguments: '' } }],
      });
      for (const piece of pieces(JSON.stringify(answer.tool.args))) {
        yield chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
      }
    }
    yield chunk({}, FINISH[answer.ending]);
    if (context.withUsage) {
      const last = chunk({});
      yield { data: { ...last.data, choices: [], usage: usageOf(answer) } };
    }
    yield { data: '[DONE]' };
  },

  errorBody: openAiErrorBody,

  errorEvent() {
    return { data: { error: { message: 'The server had an error.', type: 'server_error', param: null, code: null } } };
  },
};

function messageOf(answer: Answer, context: ResponseContext): Json {
  const refused = answer.ending === 'refuse';
  return {
    role: 'assistant',
    content: refused || answer.tool !== undefined ? null : answer.text,
    refusal: refused ? answer.text : null,
    annotations: [],
    ...(answer.tool !== undefined && {
      tool_calls: [
        {
          id: `call_${context.id}`,
          type: 'function',
          function: { name: answer.tool.name, arguments: JSON.stringify(answer.tool.args) },
        },
      ],
    }),
  };
}

/** OpenAI counts cache inside the input and reasoning inside the output. */
function usageOf({ tokens }: Answer): Json {
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
    prompt_tokens_details: { cached_tokens: tokens.cacheRead, cache_write_tokens: tokens.cacheWrite, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
