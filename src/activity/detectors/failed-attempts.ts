import type { Detection } from '../../definitions/finding';
import type { AttemptDetector, AttemptWatch } from './attempt-detector';
import { type FailedAttempt, failedAttempt } from './failed-attempt';
import { permanentErrorRetried } from './permanent-error-retried';
import { quotaExhausted } from './quota-exhausted';
import { transientErrorNotRetried } from './transient-error-not-retried';

const DETECTORS: readonly ((failed: FailedAttempt) => Detection | undefined)[] = [
  quotaExhausted,
  permanentErrorRetried,
  transientErrorNotRetried,
];

const WATCH: AttemptWatch = {
  end(observation, attempt) {
    if (observation?.errorInfo === undefined) return;
    const failed = failedAttempt(observation, attempt);
    if (failed === undefined) return;
    for (const detect of DETECTORS) {
      const detection = detect(failed);
      if (detection !== undefined) attempt.found(detection);
    }
  },
};

/** Findings that one failed attempt of a model call tells alone. */
export const failedAttempts: AttemptDetector = { begin: () => WATCH };
