import type { Detection } from '../../definitions/finding';
import type { ModelCall } from './model-call';
import { runTimeoutMs, timeoutMs } from './timeouts';

/**
 * A model call that is tried for ever when it fails for ever, as it is by Temporal's default retry policy. A bound is
 * either `retry.maximumAttempts` or a time: `scheduleToCloseTimeout`, or the timeout of the run, which the server takes
 * for the former where an activity has none. `nonRetryableErrorTypes` is no bound: what it does not name goes on.
 */
export function retryUnbounded({ activityType, options }: ModelCall): Detection | undefined {
  const { maximumAttempts = 0 } = options.retry ?? {};
  if (maximumAttempts > 0 && maximumAttempts < Number.POSITIVE_INFINITY) return undefined;
  if ((timeoutMs(options.scheduleToCloseTimeout) ?? runTimeoutMs()) !== undefined) return undefined;
  return {
    id: 'retry-unbounded',
    message: `activity ${activityType} has neither retry.maximumAttempts nor scheduleToCloseTimeout, and its run has no timeout`,
    cause: activityType,
    evidence: { activityType },
  };
}
