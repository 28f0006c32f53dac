import type { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { classifyLlmError } from '../llm/classify-llm-error';

/**
 * What an activity has to throw to end as cancelled, where it was cancelled and the error came of that. Clients throw errors
 * of their own when their signal fires, and the SDK takes only some of them for a cancellation.
 */
export function cancellationBehind(error: unknown, activity: Context | undefined): CancelledFailure | undefined {
  const signal = activity?.cancellationSignal;
  if (!signal?.aborted || classifyLlmError(error).type !== 'cancelled') return undefined;
  return signal.reason instanceof CancelledFailure ? signal.reason : new CancelledFailure('Activity cancelled');
}
