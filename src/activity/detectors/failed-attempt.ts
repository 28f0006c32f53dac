import { ApplicationFailure } from '@temporalio/common';
import type { LlmErrorInfo } from '../../llm/types';
import type { ActivityObservation } from '../observation';
import type { WatchedAttempt } from './attempt-detector';
import { type RetryVerdict, retryVerdict } from './retry-verdict';

/** A model call that failed. */
export interface FailedAttempt {
  readonly activityType: string;
  readonly attempt: number;
  readonly info: LlmErrorInfo;
  readonly verdict: RetryVerdict | undefined;
  /** As the retry policy says; 0 for no bound. */
  readonly maximumAttempts: number;
}

/**
 * How a model call failed; `undefined` for what is no failure of a model: success, errors of tools, cancellations,
 * failures that are declared harmless, and attempts that nobody waits for any more.
 */
export function failedAttempt(
  observation: ActivityObservation | undefined,
  { ctx }: WatchedAttempt,
): FailedAttempt | undefined {
  if (observation?.errorInfo === undefined || observation.outcome === 'cancelled') return undefined;
  const { error, errorInfo, correlation } = observation;
  if (error instanceof ApplicationFailure && error.category === 'BENIGN') return undefined;
  if (ctx.cancellationSignal.aborted) return undefined;
  return {
    activityType: correlation.activityType,
    attempt: correlation.attempt,
    info: errorInfo,
    verdict: retryVerdict(ctx, error),
    maximumAttempts: ctx.info.retryPolicy?.maximumAttempts ?? 0,
  };
}

/** The error in words: its class, with the status where there was a response. */
export function describe({ info: { type, status } }: FailedAttempt): string {
  return status === undefined ? type : `${type} (HTTP ${status})`;
}

/** What all findings about a failed attempt have in common. */
export function evidenceOf({ activityType, attempt, info }: FailedAttempt): Record<string, string | number> {
  const { type, status, provider } = info;
  return {
    activityType,
    attempt,
    errorType: type,
    ...(status !== undefined && { status }),
    ...(provider !== undefined && { provider }),
  };
}
