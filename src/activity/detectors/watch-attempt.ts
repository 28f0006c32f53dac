import type { ActivityObservation } from '../observation';
import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

const NOTHING: readonly AttemptWatch[] = [];

/** Tells every detector of an attempt's begin; what they throw is counted, and the others go on. */
export function watchAttempt(detectors: readonly AttemptDetector[], attempt: WatchedAttempt): readonly AttemptWatch[] {
  if (detectors.length === 0) return NOTHING;
  const watches: AttemptWatch[] = [];
  for (const detector of detectors) {
    try {
      const watch = detector.begin(attempt);
      if (watch !== undefined) watches.push(watch);
    } catch (error) {
      attempt.report('detector', error);
    }
  }
  return watches;
}

/** Tells of its end whoever watches an attempt. */
export function endWatches(
  watches: readonly AttemptWatch[],
  observation: ActivityObservation | undefined,
  attempt: WatchedAttempt,
): void {
  for (const watch of watches) {
    try {
      watch.end(observation, attempt);
    } catch (error) {
      attempt.report('detector', error);
    }
  }
}
