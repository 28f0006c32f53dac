import type { Detection } from '../../definitions/finding';
import { describe, evidenceOf, type FailedAttempt } from './failed-attempt';

/** `quota-exhausted`: a provider answers that quota or balance are used up. Found at first sight, retried or not. */
export function quotaExhausted(failed: FailedAttempt): Detection | undefined {
  const { activityType, attempt, info, verdict } = failed;
  if (info.type !== 'quota_exhausted') return undefined;
  const next = verdict === 'retried' ? ', and Temporal tries it again' : '';
  // The provider's account is the cause, whichever activity comes to feel it.
  const cause = info.provider ?? activityType;
  return {
    id: 'quota-exhausted',
    message: `attempt ${attempt} of activity ${activityType} failed with ${describe(failed)} of ${cause}${next}`,
    cause,
    evidence: { ...evidenceOf(failed), retried: verdict === 'retried' },
  };
}
