import type { Detection } from '../../definitions/finding';
import type { Thresholds } from '../../definitions/thresholds';
import type { ModelCall } from './model-call';
import { runTimeoutMs, timeoutMs } from './timeouts';

/**
 * A model call that may run longer than `thresholds.heartbeatAboveMs` without a heartbeat timeout: when its worker dies,
 * Temporal notices only at the end of that time, and a cancellation does not reach the call. Local activities have no
 * heartbeats.
 */
export function heartbeatMissing(
  { activityType, options, isLocal }: ModelCall,
  { heartbeatAboveMs }: Thresholds,
): Detection | undefined {
  if (isLocal || timeoutMs(options.heartbeatTimeout) !== undefined) return undefined;
  const attemptMs = longestAttemptMs(options);
  if (attemptMs <= heartbeatAboveMs) return undefined;
  return {
    id: 'heartbeat-missing',
    message: `an attempt of activity ${activityType} may take ${attemptMs / 1_000} s, and a worker that dies is noticed only then`,
    cause: activityType,
    evidence: { activityType, attemptTimeoutMs: attemptMs, thresholdMs: heartbeatAboveMs },
  };
}

/** As the server fills startToCloseTimeout in: it takes scheduleToCloseTimeout where there is none, and the least of all. */
function longestAttemptMs({ startToCloseTimeout, scheduleToCloseTimeout }: ModelCall['options']): number {
  const none = Number.POSITIVE_INFINITY;
  return Math.min(
    timeoutMs(startToCloseTimeout) ?? none,
    timeoutMs(scheduleToCloseTimeout) ?? none,
    runTimeoutMs() ?? none,
  );
}
