import type { Detection } from '../../definitions/finding';
import type { LlmErrorType } from '../../llm/types';
import { describe, evidenceOf, type FailedAttempt } from './failed-attempt';
import type { RetryVerdict } from './retry-verdict';

const TRANSIENT: ReadonlySet<LlmErrorType> = new Set([
  'rate_limited',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
]);

/** `transient-error-not-retried`: what waiting would have mended ends the activity at once. */
export function transientErrorNotRetried(failed: FailedAttempt): Detection | undefined {
  const { activityType, attempt, info, verdict, maximumAttempts } = failed;
  if (!info.retryable || !TRANSIENT.has(info.type)) return undefined;
  const why = reasonOf(verdict, attempt);
  if (why === undefined) return undefined;
  return {
    id: 'transient-error-not-retried',
    message: `attempt ${attempt} of activity ${activityType} failed with ${describe(failed)} and was the last: ${why}`,
    cause: `${activityType} ${info.type}`,
    evidence: { ...evidenceOf(failed), maximumAttempts, reason: verdict ?? 'unknown' },
  };
}

/** Why there is no other attempt, unless that is after several of them: who tried has given up with reason. */
function reasonOf(verdict: RetryVerdict | undefined, attempt: number): string | undefined {
  if (verdict === 'type-non-retryable') return "the retry policy lists the error's type as non-retryable";
  if (attempt > 1) return undefined;
  if (verdict === 'non-retryable') return 'it was thrown as non-retryable';
  return verdict === 'attempts-used' ? 'the retry policy allows one attempt' : undefined;
}
