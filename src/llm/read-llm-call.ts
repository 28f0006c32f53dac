import { READERS } from './readers/readers';
import { View } from './readers/view';
import { readRequestModel } from './request-model';
import type { LlmCall, LlmCallHints } from './types';

/** Most properties of a value that are looked into for a wrapped response. */
const MAX_WRAPPER_KEYS = 20;

function withRequest(call: LlmCall, request: unknown): LlmCall {
  if (request === undefined) return call;
  const asked = readRequestModel(Array.isArray(request) ? request : [request]);
  if (asked.model === undefined) return call;
  return {
    ...call,
    requestModel: asked.model,
    ...(call.provider === '_OTHER' && asked.provider !== undefined && { provider: asked.provider }),
  };
}

function readDirectly(value: unknown, hints: LlmCallHints): LlmCall | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const view = new View(value);
  for (const reader of READERS) {
    const call = reader.read(view);
    if (call !== undefined) return withRequest(call, hints.request);
  }
  return undefined;
}

/** Activities often return the response beside something of their own: `{ response, conversation }`. */
function readWrapped(value: unknown, hints: LlmCallHints): LlmCall | undefined {
  // The elements of an array or a buffer are no properties that a user wrapped something in, and there can be many.
  if (typeof value !== 'object' || Array.isArray(value) || ArrayBuffer.isView(value)) return undefined;
  let seen = 0;
  for (const key in value) {
    if (++seen > MAX_WRAPPER_KEYS) return undefined;
    const call = readDirectly(Object.getOwnPropertyDescriptor(value, key)?.value, hints);
    if (call !== undefined) return call;
  }
  return undefined;
}

/** As {@link readLlmCall}, for callers who count what goes wrong inside. */
export function readLlmCallOr(
  onError: (error: unknown) => void,
  value: unknown,
  hints: LlmCallHints = {},
): LlmCall | undefined {
  try {
    return readDirectly(value, hints) ?? readWrapped(value, hints);
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
