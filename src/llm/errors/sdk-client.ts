import type { LlmErrorInfo, LlmErrorType } from '../types';
import { className, prop, text } from './error-fields';
import { isRetryable } from './http-error';
import { networkErrorType } from './network';

/** Errors without a response, which the clients of OpenAI and Anthropic name alike. */
function typeOf(name: string, error: unknown): LlmErrorType | undefined {
  if (name === 'APIUserAbortError') return 'cancelled';
  if (name === 'APIConnectionTimeoutError') return 'timeout';
  if (name === 'APIConnectionError') return networkErrorType(prop(error, 'cause')) ?? 'connection';
  return undefined;
}

/** The messages that both clients give those errors, for bundles whose class names a minifier took. */
const MESSAGES: Readonly<Record<string, LlmErrorType>> = {
  'Request was aborted.': 'cancelled',
  'Request timed out.': 'timeout',
  'Connection error.': 'connection',
};

/** Classifies an error that a generated client throws when no response came. */
export function classifyClientError(error: unknown, provider: string): LlmErrorInfo | undefined {
  const message = text(error, 'message') ?? '';
  const type = typeOf(className(error), error) ?? (Object.hasOwn(MESSAGES, message) ? MESSAGES[message] : undefined);
  return type === undefined ? undefined : { type, retryable: isRetryable(type), provider };
}
