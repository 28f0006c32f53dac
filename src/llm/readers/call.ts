import type { FinishReason, LlmCall, LlmToolCall } from '../types';
import type { FoundResponse } from './shapes';
import type { View } from './view';

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

/** What a response says beside its model and tokens. */
export interface ResponseDetails {
  readonly provider: string;
  readonly operation?: LlmCall['operation'];
  readonly responseId?: string | undefined;
  readonly finishRaw?: string | undefined;
  /** Where `finishRaw` is another word than the one that tells. */
  readonly finishWord?: string;
  readonly refusal?: boolean;
  readonly toolCalls?: readonly LlmToolCall[];
}

/** Fills in what an ordinary chat turn is and leaves out what is not known. */
export function makeCall({ shape, model, usage, turns }: FoundResponse, details: ResponseDetails): LlmCall {
  const { finishWord = details.finishRaw, ...rest } = details;
  const { toolCalls = [], refusal = details.finishRaw === 'refusal' } = rest;
  const finish = finishOf(finishWord, toolCalls.length > 0);
  const call = { shape, operation: 'chat', model, usage, finish, turns, ...rest, refusal, toolCalls };
  return Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined)) as unknown as LlmCall;
}

/** The tools among some items, those without a name left out. */
export function toolCalls(items: readonly View[] | undefined, idPath: string, ...namePaths: string[]): LlmToolCall[] {
  const calls: LlmToolCall[] = [];
  for (const item of items ?? []) {
    const name = namePaths.map((path) => item.word(path)).find((found) => found !== undefined);
    const id = item.word(idPath);
    if (name !== undefined) calls.push(id === undefined ? { name } : { name, id });
  }
  return calls;
}
