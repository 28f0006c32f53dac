import type { AttemptDetector } from './attempt-detector';
import { modelRequests } from './model-requests';
import { refusedResult } from './refused-result';

export type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

/** The detectors of one worker. */
export function attemptDetectors(): readonly AttemptDetector[] {
  return [modelRequests, refusedResult()];
}
