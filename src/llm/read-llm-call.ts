import { readCall } from './readers/call';
import { findResponse } from './readers/find-response';
import { type RequestModel, readRequestModel } from './request-model';
import type { LlmCall, LlmCallHints } from './types';

const NOTHING_ASKED: RequestModel = {};

function requestModelOf(request: unknown): RequestModel {
  if (request === undefined) return NOTHING_ASKED;
  return readRequestModel(Array.isArray(request) ? request : [request]);
}

/** As {@link readLlmCall}, for callers who count what goes wrong inside. */
export function readLlmCallOr(
  onError: (error: unknown) => void,
  value: unknown,
  hints: LlmCallHints = {},
): LlmCall | undefined {
  try {
    const found = findResponse(value);
    return found && readCall(found, requestModelOf(hints.request));
  } catch (error) {
    onError(error);
    return undefined;
  }
}

/**
 * Reads a model's response, whatever provider and client library it came through, as the live object or as its JSON
 * form: OpenAI chat completions and Responses, Anthropic messages, AI SDK provider and `generateText` results, OpenAI
 * Agents SDK responses, embeddings; also one level down in an object that an activity put around it.
 *
 * @param value - What an activity returned. It is neither changed nor walked deeply, and none of its accessors runs.
 * @param hints - What else is known; `request` names the model for responses that do not.
 * @returns the normalised call, or `undefined` when the value is not unmistakably a model's response. Never throws.
 *
 * @example
 * ```ts
 * const call = readLlmCall(await openai.chat.completions.create(request), { request });
 * console.log(call?.model, call?.usage?.inputTokens, call?.finish);
 * ```
 */
export function readLlmCall(value: unknown, hints: LlmCallHints = {}): LlmCall | undefined {
  return readLlmCallOr(() => {}, value, hints);
}
