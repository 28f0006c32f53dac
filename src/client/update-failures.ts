/**
 * What a failed update or query says. Texts and codes are those of Temporal's server 1.29 and SDK 1.24, which give no
 * other sign (`service/history/workflow/update/errors_failures.go`, `service/history/api/updateworkflow/api.go`,
 * `@temporalio/workflow/src/internals.ts`).
 *
 * @module
 */

import { isGrpcServiceError, QueryNotRegisteredError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { APPROVAL_REFUSALS, type ApprovalRefusal } from '../definitions/approvals';
import { APPROVAL_REFUSED } from '../definitions/wire';
import { GRPC } from './grpc-status';

/** By how much the server's deadline may come before the client's. */
const CLOCK_MS = 100;

/** The refusal that an update failed with, if it is one. */
export function readRefusal(error: unknown): (ApprovalRefusal & { readonly message: string }) | undefined {
  const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (!(failure instanceof ApplicationFailure)) return undefined;
  // By the SDK, where the run has no such handler: it registers it at its first request.
  if (failure.message.startsWith('No registered handler for update')) {
    return { reason: 'not-requested', ...APPROVAL_REFUSALS['not-requested'], message: NO_HANDLER };
  }
  if (failure.type !== APPROVAL_REFUSED) return undefined;
  const refusal = failure.details?.[0] as Partial<ApprovalRefusal> | null | undefined;
  const reason = refusal?.reason;
  if (reason === undefined || !Object.hasOwn(APPROVAL_REFUSALS, reason)) return undefined;
  return { ...refusal, reason, retry: APPROVAL_REFUSALS[reason].retry, message: failure.message };
}

/** What a run that knows no approvals says. */
export const NO_HANDLER = 'the workflow has not requested any approval yet; it may still.';

/** A query that the run has no handler for; the same error tells of a handler that failed. */
export function isNoHandler(error: unknown): boolean {
  return error instanceof QueryNotRegisteredError && error.message.includes('did not register a handler');
}

/** No answer came before the deadline. */
export function isTimeout(error: unknown, untilMs: number): boolean {
  const code = grpcStatusOf(error)?.code;
  // A server whose clock is a little ahead gives up before the client does, which calls it off.
  return code === GRPC.deadlineExceeded || (code === GRPC.cancelled && Date.now() >= untilMs - CLOCK_MS);
}

/** The workflow's tasks fail, so that nothing can be answered until its code is mended. */
export function isTaskFailing(error: unknown): boolean {
  const status = grpcStatusOf(error);
  return status?.code === GRPC.failedPrecondition && /workflow task/i.test(status.details);
}

/** What goes by: the server's limits, a workflow task that failed, a shard that moved. */
export function isPassing(error: unknown): boolean {
  if (isTaskFailing(error)) return true;
  const status = grpcStatusOf(error);
  if (status?.code === GRPC.unavailable) return /workflow update was aborted/i.test(status.details);
  return status?.code === GRPC.resourceExhausted || status?.code === GRPC.aborted;
}

/** Status of the call, looking through the client's wrappers. */
function grpcStatusOf(error: unknown) {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    if (isGrpcServiceError(current)) return { code: current.code as number, details: current.details };
    current = current.cause;
  }
  return undefined;
}
