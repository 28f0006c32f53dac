import { defined } from '../../definitions/defined';
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

/** Reads the whole of a response, fills in what an ordinary chat turn is, and leaves out what is not known. */
export function readCall(found: ReadableResponse): LlmCall {
  const { reader, model, usage, turns } = found;
  const { finishWord, ...details } = reader.read(found);
  const { finishRaw, toolCalls = [], refusal = finishRaw === 'refusal' } = details;
  const finish = finishOf(finishWord ?? finishRaw, toolCalls.length > 0);
  const { provider, operation = 'chat', responseId } = details;
  return defined({
    shape: reader.shape,
    operation,
    model,
    usage,
    finish,
    turns,
    provider,
    responseId,
    finishRaw,
    refusal,
    toolCalls,
  });
}
