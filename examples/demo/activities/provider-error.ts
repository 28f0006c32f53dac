import { APIError as AnthropicError } from '@anthropic-ai/sdk';
import { ApplicationFailure } from '@temporalio/activity';
import { APIError as OpenAiError } from 'openai';

/** What cannot succeed when it is tried again: malformed, unauthorised, unknown, too large. */
const PERMANENT = new Set([400, 401, 403, 404, 413, 422]);

/**
 * Retries belong to Temporal, not to the SDK client: it waits as long as the provider asked for, and does not repeat
 * what cannot succeed.
 */
export function asActivityFailure(error: unknown): unknown {
  if (!(error instanceof OpenAiError || error instanceof AnthropicError) || error.status === undefined) return error;
  const retryAfterSeconds = Number(error.headers?.get('retry-after'));
  return ApplicationFailure.create({
    message: error.message,
    type: error.constructor.name,
    nonRetryable: PERMANENT.has(error.status),
    ...(retryAfterSeconds > 0 ? { nextRetryDelay: retryAfterSeconds * 1000 } : {}),
    cause: error,
  });
}
