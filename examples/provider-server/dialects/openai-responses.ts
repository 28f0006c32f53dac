import type { Answer } from '../answer';
import { contentText, isJson, type Json, jsons } from '../conversation';
import { CREATED, type Dialect, pieces, type ResponseContext, type ServerSentEvent } from './dialect';
import { openAiErrorBody } from './openai-error';

/** OpenAI Responses: https://platform.openai.com/docs/api-reference/responses */
export const openAiResponses: Dialect = {
  path: '/v1/responses',
  requestIdHeader: 'x-request-id',

  parse(body) {
    const items = jsons(body.input);
    const format = isJson(body.text) && isJson(body.text.format) ? body.text.format : {};
    const instructions = typeof body.instructions === 'string' ? [body.instructions] : [];
    const texts =
      typeof body.input === 'string'
        ? [body.input]
        : items
            .filter(({ role }) => role !== 'assistant' && role !== undefined)
            .map(({ content }) => contentText(content));
    return {
      model: String(body.model),
      stream: body.stream === true,
      includeUsage: true,
      texts: [...instructions, ...texts],
      tools:
        body.tool_choice === 'none'
          ? []
          : jsons(body.tools)
              .filter(({ type }) => type === 'function')
              .map(({ name, parameters }) => ({ name: String(name), schema: parameters })),
      toolResults: items.filter(({ type }) => type === 'function_call_output').length,
      ...(format.type === 'json_schema' && { schema: format.schema }),
      inputChars: JSON.stringify([instructions, body.input, body.tools ?? []]).length,
    };
  },

  response,

  *events(answer, context): Generator<ServerSentEvent> {
    let sequence = 0;
    const event = (type: string, fields: Json): ServerSentEvent => ({
      event: type,
      data: { type, sequence_number: sequence++, ...fields },
    });
    const whole = response(answer, context);
    const begun = { ...whole, status: 'in_progress', output: [], usage: null, incomplete_details: null };
    yield event('response.created', { response: begun });
    yield event('response.in_progress', { response: begun });
    const [item = {}] = jsons(whole.output);
    const at = { item_id: item.id, output_index: 0 };
    if (answer.tool === undefined) {
      const [part = {}] = jsons(item.content);
      const refused = part.type === 'refusal';
      const name = refused ? 'response.refusal' : 'response.output_text';
      const key = refused ? 'refusal' : 'text';
      yield event('response.output_item.added', {
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
      });
      yield event('response.content_part.added', { ...at, content_index: 0, part: { ...part, [key]: '' } });
      for (const delta of pieces(answer.text)) yield event(`${name}.delta`, { ...at, content_index: 0, delta });
      yield event(`${name}.done`, { ...at, content_index: 0, [key]: answer.text });
      yield event('response.content_part.done', { ...at, content_index: 0, part });
    } else {
      yield event('response.output_item.added', {
        output_index: 0,
        item: { ...item, status: 'in_progress', arguments: '' },
      });
      for (const delta of pieces(String(item.arguments)))
        yield event('response.function_call_arguments.delta', { ...at, delta });
      yield event('response.function_call_arguments.done', { ...at, name: item.name, arguments: item.arguments });
    }
    yield event('response.output_item.done', { output_index: 0, item });
    yield event(`response.${String(whole.status)}`, { response: whole });
  },

  errorBody: openAiErrorBody,

  errorEvent() {
    const error = { type: 'error', code: 'server_error', message: 'The server had an error.', param: null };
    return { event: 'error', data: { ...error, sequence_number: 1 } };
  },
};

function response(answer: Answer, context: ResponseContext): Json {
  const incomplete =
    answer.ending === 'length' ? 'max_output_tokens' : answer.ending === 'filter' ? 'content_filter' : undefined;
  return {
    id: `resp_${context.id}`,
    object: 'response',
    created_at: CREATED,
    status: incomplete === undefined ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    instructions: null,
    metadata: {},
    model: context.model,
    output: [itemOf(answer, context)],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: context.withUsage ? usageOf(answer) : null,
  };
}

function itemOf(answer: Answer, context: ResponseContext): Json {
  if (answer.tool !== undefined) {
    return {
      id: `fc_${context.id}`,
      type: 'function_call',
      status: 'completed',
      call_id: `call_${context.id}`,
      name: answer.tool.name,
      arguments: JSON.stringify(answer.tool.args),
    };
  }
  const part =
    answer.ending === 'refuse'
      ? { type: 'refusal', refusal: answer.text }
      : { type: 'output_text', text: answer.text, annotations: [], logprobs: [] };
  return { id: `msg_${context.id}`, type: 'message', role: 'assistant', status: 'completed', content: [part] };
}

/** OpenAI counts cache inside the input and reasoning inside the output. */
function usageOf({ tokens }: Answer): Json {
  return {
    input_tokens: tokens.input,
    input_tokens_details: { cached_tokens: tokens.cacheRead, cache_write_tokens: tokens.cacheWrite },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: tokens.input + tokens.output,
  };
}
