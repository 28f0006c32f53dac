import type { LlmErrorReader } from './error-fields';
import { className, number, prop, text } from './error-fields';
import { classifyHttpError } from './http-error';
import { classifyClientError } from './sdk-client';

const PROVIDER = 'openai';

/** Set on every `APIError` of `openai`, as `undefined` where there is nothing; no other library's errors have the three. */
function isApiError(error: unknown): boolean {
  return (
    error instanceof Error && Object.hasOwn(error, 'requestID') && Object.hasOwn(error, 'param') && 'code' in error
  );
}

/** Errors of the `openai` client (read in 6.49): `APIError`, and what its parse helpers throw. */
export const openAiErrors: LlmErrorReader = {
  read(error) {
    const name = className(error);
    // The same request is cut off or filtered again.
    if (name === 'LengthFinishReasonError') return { type: 'malformed_output', retryable: false, provider: PROVIDER };
    if (name === 'ContentFilterFinishReasonError') {
      return { type: 'content_filter', retryable: false, provider: PROVIDER };
    }
    if (!isApiError(error)) return undefined;
    const status = number(error, 'status');
    const words = [text(error, 'code'), text(error, 'type')];
    if (status === undefined && words.every((word) => word === undefined)) {
      const client = classifyClientError(error, PROVIDER);
      if (client !== undefined) return client;
    }
    return classifyHttpError({
      provider: PROVIDER,
      status,
      headers: prop(error, 'headers'),
      words,
      message: text(error, 'message'),
    });
  },
};
