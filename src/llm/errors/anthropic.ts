import type { LlmErrorReader } from './error-fields';
import { number, prop, text } from './error-fields';
import { classifyHttpError } from './http-error';
import { classifyClientError } from './sdk-client';

const PROVIDER = 'anthropic';

/** Set on every `APIError` of `@anthropic-ai/sdk`, where `openai` has `param`. */
function isApiError(error: unknown): boolean {
  return (
    error instanceof Error &&
    Object.hasOwn(error, 'requestID') &&
    Object.hasOwn(error, 'type') &&
    !Object.hasOwn(error, 'param')
  );
}

/** Errors of the `@anthropic-ai/sdk` client (read in 1.12). */
export const anthropicErrors: LlmErrorReader = {
  read(error) {
    if (!isApiError(error)) return undefined;
    const status = number(error, 'status');
    const type = text(error, 'type');
    if (status === undefined && type === undefined) {
      const client = classifyClientError(error, PROVIDER);
      if (client !== undefined) return client;
    }
    return classifyHttpError({
      provider: PROVIDER,
      status,
      headers: prop(error, 'headers'),
      words: [text(error, 'errorCode'), type],
      message: text(error, 'message'),
    });
  },
};
