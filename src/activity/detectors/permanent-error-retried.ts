import type { Detection } from '../../definitions/finding';
import type { LlmErrorType } from '../../llm/types';
import { describe, evidenceOf, type FailedAttempt } from './failed-attempt';

/** An exhausted quota is a finding of its own, and the other types may pass although a provider says not to wait for it. */
const PERMANENT: ReadonlySet<LlmErrorType> = new Set([
  'auth',
  'bad_request',
  'context_length',
  'content_filter',
  'refusal',
  'malformed_output',
]);

/** `permanent-error-retried`: the same request can never succeed, and Temporal will send it again. */
export function permanentErrorRetried(failed: FailedAttempt): Detection | undefined {
  const { activityType, attempt, info, verdict, maximumAttempts } = failed;
  if (verdict !== 'retried' || info.retryable || !PERMANENT.has(info.type)) return undefined;
  const bound = maximumAttempts > 0 ? `up to ${maximumAttempts} attempts` : 'without a bound on attempts';
  return {
    id: 'permanent-error-retried',
    message: `attempt ${attempt} of activity ${activityType} failed with ${describe(failed)}, and Temporal retries it, ${bound}`,
    cause: `${activityType} ${info.type}`,
    evidence: { ...evidenceOf(failed), maximumAttempts },
  };
}
