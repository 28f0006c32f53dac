import type { FinishReason, LlmCall } from '../types';
import type { ReadableResponse } from './find-response';

/** Why a model stopped, in its provider's words. `pause_turn`, `other` and the like are missing: they are no end. */
const FINISH: Readonly<Record<FinishReason, RegExp>> = {
  stop: /^(stop|end_turn|stop_sequence|completed)$/,
  length: /^(length|max_(output_)?tokens|model_context_window_exceeded|incomplete)$/,
  tool_call: /^(tool[-_]calls|function_call|tool_use)$/,
  content_filter: /^(content[-_]filter|refusal)$/,
  error: /^(error|failed|cancelled)$/,
};

function finishOf(raw: string | undefined, calledTools: boolean): FinishReason | undefined {
  // OpenAI Responses are `completed` also when they wait for a tool.
  if (calledTools && (raw === undefined || raw === 'completed')) return 'tool_call';
  return (Object.keys(FINISH) as FinishReason[]).find((finish) => FINISH[finish].test(raw ?? ''));
}

/** Reads the whole of a response, fills in what an ordinary chat turn is, and leaves out what is not known. */
export function readCall(found: ReadableResponse): LlmCall {
  const { reader, model, usage, turns } = found;
  const { finishWord, ...details } = reader.read(found);
  const { finishRaw, toolCalls = [], refusal = finishRaw === 'refusal' } = details;
  const finish = finishOf(finishWord ?? finishRaw, toolCalls.length > 0);
  const call = { shape: reader.shape, operation: 'chat', model, usage, finish, turns, ...details, refusal, toolCalls };
  return Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined)) as unknown as LlmCall;
}
