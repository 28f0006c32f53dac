import type { AttemptDetector } from './attempt-detector';
import { CancelIgnored } from './cancel-ignored';
import { failedAttempts } from './failed-attempts';
import { heartbeatSilent } from './heartbeat-silent';
import { llmCallDuplicated } from './llm-call-duplicated';
import { modelRequests } from './model-requests';
import { refusedResult } from './refused-result';
import { retryAfterIgnored } from './retry-after-ignored';

export type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

/** The detectors of one worker. */
export function attemptDetectors(): readonly AttemptDetector[] {
  return [
    heartbeatSilent,
    llmCallDuplicated,
    new CancelIgnored(),
    failedAttempts,
    retryAfterIgnored,
    modelRequests,
    refusedResult(),
  ];
}
