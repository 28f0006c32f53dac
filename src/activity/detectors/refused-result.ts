import type { AttemptDetector, AttemptWatch, WatchedAttempt } from './attempt-detector';

/** Activities whose results were over the limit; the oldest are forgotten first. */
const MAX_REMEMBERED = 1_000;

/** Results that were not taken before it counts as a loop: one may have come too late, or been lost on its way. */
const REFUSALS = 2;

/**
 * Finds results that the worker refuses for their size and the server retries for ever: an attempt begins although those
 * before it returned a result over the limit.
 *
 * Since SDK 1.21 this is what happens where the server announces its limits; a server that does not fails the activity for
 * good. A retry that goes to another process is not seen.
 */
export function refusedResult(): AttemptDetector {
  const refusals = new Map<string, number>();
  return {
    begin({ ctx, start, thresholds, found }: WatchedAttempt): AttemptWatch | undefined {
      const { activityType, activityId, attempt, runId, isLocal } = start.correlation;
      if (isLocal) return undefined;
      const key = `${runId} ${activityId}`;
      const refused = refusals.get(key) ?? 0;
      refusals.delete(key);
      if (refused >= REFUSALS) {
        found({
          id: 'payload-rejected-loop',
          message: `activity ${activityType} begins attempt ${attempt} although it returned a result over Temporal's limit ${refused} times: the result is refused and retried`,
          cause: `activity_result ${activityType}`,
          evidence: { boundary: 'activity_result', subject: activityType, attempt, refused },
        });
      }
      return {
        end(observation) {
          const { outputBytes = 0, durationMs = 0 } = observation ?? {};
          const isInTime = durationMs < (ctx.info.startToCloseTimeoutMs || Number.POSITIVE_INFINITY);
          if (outputBytes <= thresholds.payloadLimitBytes || !isInTime) return;
          refusals.set(key, refused + 1);
          const [oldest] = refusals.keys();
          if (refusals.size > MAX_REMEMBERED && oldest !== undefined) refusals.delete(oldest);
        },
      };
    },
  };
}
