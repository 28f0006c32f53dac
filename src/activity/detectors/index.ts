import type { AttemptDetector } from './attempt-detector';
import { modelRequests } from './model-requests';

export type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

/** The detectors of one worker. */
export function attemptDetectors(): readonly AttemptDetector[] {
  return [modelRequests];
}
