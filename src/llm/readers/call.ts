import type { FinishReason, LlmCall } from '../types';
import type { ReadableResponse } from './find-response';

/** Why a model stopped, in its providers' words. `pause_turn`, `other` and the like are missing: they are no end. */
const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop end_turn stop_sequence completed',
  length: 'length max_tokens max_output_tokens model_context_window_exceeded incomplete',
  tool_call: 'tool-calls tool_calls function_call tool_use',
  content_filter: 'content-filter content_filter refusal',
  error: 'error failed cancelled',
};

const FINISH: ReadonlyMap<string | undefined, FinishReason> = new Map(
  (Object.keys(WORDS) as FinishReason[]).flatMap((finish) => WORDS[finish].split(' ').map((word) => [word, finish])),
);

function finishOf(raw: string | undefined, calledTools: boolean): FinishReason | undefined {
  // OpenAI Responses are `completed` also when they wait for a tool.
  return calledTools && (raw === undefined || raw === 'completed') ? 'tool_call' : FINISH.get(raw);
}

/** A call that is being put together; field by field, which is several times faster than leaving out what is undefined. */
type Draft = { -readonly [K in keyof LlmCall]: LlmCall[K] };

/** Reads the whole of a response, fills in what an ordinary chat turn is, and leaves out what is not known. */
export function readCall(
  found: ReadableResponse,
  asked: { readonly model?: string; readonly provider?: string },
): LlmCall {
  const { reader, model, usage, turns } = found;
  const details = reader.read(found);
  const { finishRaw, responseId, toolCalls = [] } = details;
  const finish = finishOf(details.finishWord ?? finishRaw, toolCalls.length > 0);
  const isUnknown = details.provider === '_OTHER' && asked.model !== undefined && asked.provider !== undefined;
  const call: Draft = {
    shape: reader.shape,
    operation: details.operation ?? 'chat',
    provider: isUnknown ? (asked.provider as string) : details.provider,
    turns,
    refusal: details.refusal ?? finishRaw === 'refusal',
    toolCalls,
  };
  if (model !== undefined) call.model = model;
  if (usage !== undefined) call.usage = usage;
  if (finish !== undefined) call.finish = finish;
  if (responseId !== undefined) call.responseId = responseId;
  if (finishRaw !== undefined) call.finishRaw = finishRaw;
  if (asked.model !== undefined) call.requestModel = asked.model;
  return call;
}
