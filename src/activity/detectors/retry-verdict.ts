import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { prop, text } from '../../llm/errors/error-fields';

/** What becomes of an activity after an error, and why when it is not tried again. */
export type RetryVerdict = 'retried' | 'non-retryable' | 'type-non-retryable' | 'attempts-used' | 'no-time-left';

/**
 * What Temporal makes of an error that an attempt throws, by the rules of server and Core: attempts, the failure's own
 * word, its type, the deadline. `undefined` when the server did not say what the retry policy is.
 *
 * https://docs.temporal.io/encyclopedia/retry-policies
 */
export function retryVerdict({ info }: Context, error: unknown): RetryVerdict | undefined {
  const { retryPolicy, attempt, isLocal } = info;
  if (retryPolicy === undefined) return undefined;
  const failure = error instanceof ApplicationFailure ? error : undefined;
  if (failure?.nonRetryable) return 'non-retryable';
  const type = failure === undefined ? typeOf(error) : (failure.type ?? undefined);
  if (type !== undefined && retryPolicy.nonRetryableErrorTypes?.some((listed) => isSame(type, listed, isLocal))) {
    return 'type-non-retryable';
  }
  const { maximumAttempts = 0 } = retryPolicy;
  if (maximumAttempts > 0 && attempt >= maximumAttempts) return 'attempts-used';
  return hasTime(info, failure) ? 'retried' : 'no-time-left';
}

/** As `ensureApplicationFailure` of the SDK names what is no ApplicationFailure. */
function typeOf(error: unknown): string | undefined {
  return text(prop(error, 'constructor'), 'name') ?? text(error, 'name');
}

/** The server compares types as they are, Core those of local activities without regard to case. */
function isSame(type: string, listed: string, isLocal: boolean): boolean {
  return isLocal ? type.toLowerCase() === listed.toLowerCase() : type === listed;
}

/** Whether the next attempt would still begin before the deadline of all attempts. */
function hasTime(info: Context['info'], failure: ApplicationFailure | undefined): boolean {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = info;
  if (scheduleToCloseTimeoutMs <= 0) return true;
  return Date.now() + nextDelayMs(info, failure) < scheduledTimestampMs + scheduleToCloseTimeoutMs;
}

function nextDelayMs({ retryPolicy, attempt }: Context['info'], failure: ApplicationFailure | undefined): number {
  if (typeof failure?.nextRetryDelay === 'number') return failure.nextRetryDelay;
  const { initialInterval, maximumInterval, backoffCoefficient = 2 } = retryPolicy ?? {};
  if (typeof initialInterval !== 'number') return 0;
  const most = typeof maximumInterval === 'number' && maximumInterval > 0 ? maximumInterval : 100 * initialInterval;
  return Math.min(most, initialInterval * backoffCoefficient ** (attempt - 1));
}
