/**
 * Errors of models' providers as failures that Temporal retries as it should.
 *
 * @module
 */

import { asyncLocalStorage } from '@temporalio/activity';
import { ApplicationFailure, CompleteAsyncError, ensureApplicationFailure, TemporalFailure } from '@temporalio/common';
import { array, boolean, known, object, oneOf } from '../definitions/option-checks';
import { classifyLlmError } from '../llm/classify-llm-error';
import { LLM_ERROR_TYPES, type LlmErrorType } from '../llm/types';
import { cancellationBehind } from './cancellation';

export interface ToApplicationFailureOptions {
  /**
   * Your own verdict on some classes of errors: `{ malformed_output: false }` tries no output again that could not be
   * parsed. Default: that of `classifyLlmError`.
   */
  readonly retryable?: Readonly<Partial<Record<LlmErrorType, boolean>>>;
  /** Details of the failure, for workflow code to read. Part of history. Default: none. */
  readonly details?: readonly unknown[];
}

/**
 * Turns what a model call threw into the failure that an activity should throw, so that Temporal retries what passes, waits
 * as long as the provider asked for, and gives up at once on what no retry can mend.
 *
 * - `type` is the class of the error: `rate_limited`, `quota_exhausted`, `overloaded`, `server_error`, `timeout`,
 *   `connection`, `cancelled`, `auth`, `bad_request`, `context_length`, `content_filter`, `refusal` or `malformed_output`
 *   (`LLM_ERROR_TYPES` of `temporal-agent-observability/llm`). The names are stable: workflow code and
 *   `RetryPolicy.nonRetryableErrorTypes` may rely on them.
 * - `nonRetryable` is set where the same request cannot succeed later: not for `rate_limited`, `overloaded`,
 *   `server_error`, `timeout`, `connection` and `malformed_output`, unless the provider says so itself (`x-should-retry`).
 * - `nextRetryDelay` is the wait that the provider asked for (`retry-after-ms`, `retry-after`), where it did. It replaces the
 *   interval of the retry policy for the next attempt.
 * - `cause` is the error itself, and `message` its message. Some providers repeat a part of the input there; it goes to
 *   this run's own history, as it would without this function.
 *
 * What is a failure of Temporal already, and `CompleteAsyncError`, comes back as it is. In an activity that was cancelled,
 * errors of an aborted request come back as the `CancelledFailure` that ends the activity as cancelled. An error that
 * nothing knows becomes what Temporal would make of it: a failure with the error's name as its type, retryable unless
 * it wraps a failure that is not.
 *
 * Works outside of activities too.
 *
 * @param error - Anything that was thrown.
 * @throws TypeError when an option is wrong
 *
 * @example
 * ```ts
 * export async function callModel(request: ChatRequest) {
 *   try {
 *     // Retries belong to Temporal: the client is made with maxRetries: 0.
 *     return await openai.chat.completions.create(request, { signal: cancellationSignal() });
 *   } catch (error) {
 *     throw toApplicationFailure(error);
 *   }
 * }
 * ```
 */
export function toApplicationFailure(
  error: unknown,
  options: ToApplicationFailureOptions = {},
): TemporalFailure | CompleteAsyncError {
  checkOptions(options);
  if (error instanceof TemporalFailure || error instanceof CompleteAsyncError) return error;
  const cancellation = cancellationBehind(error, asyncLocalStorage.getStore());
  if (cancellation !== undefined) return cancellation;

  const { type, provider, retryable: usual, retryAfterMs = 0 } = classifyLlmError(error);
  const retryable = options.retryable?.[type] ?? usual;
  const details = options.details && { details: [...options.details] };
  const unknown = type === '_OTHER' ? ensureApplicationFailure(error) : undefined;
  if (unknown !== undefined && provider === undefined) {
    return ApplicationFailure.fromError(unknown, { nonRetryable: !retryable, ...details });
  }
  return ApplicationFailure.create({
    message: messageOf(error) || type,
    type: unknown?.type ?? type,
    nonRetryable: !retryable,
    ...details,
    ...(retryable && retryAfterMs > 0 && { nextRetryDelay: retryAfterMs }),
    ...(error instanceof Error && { cause: error }),
  });
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return '';
  }
}

function checkOptions(options: ToApplicationFailureOptions): void {
  known('toApplicationFailure', options, ['retryable', 'details']);
  if (options.details !== undefined) array('details', options.details);
  if (options.retryable === undefined) return;
  for (const [type, value] of Object.entries(
    object('retryable', options.retryable, 'an object of classes of errors'),
  )) {
    oneOf('retryable', type, LLM_ERROR_TYPES);
    if (value !== undefined) boolean(`retryable.${type}`, value);
  }
}
