/**
 * Why the workflow task of a run fails, as its history tells. The server writes the first failure only: of the attempts
 * that follow, nothing is kept.
 *
 * @module
 */

import type { temporal } from '@temporalio/proto';
import type { VisibleRun } from '../client/visible-run';
import { defined } from '../definitions/defined';
import type { Detected } from '../definitions/finding';
import { describeNondeterminism } from '../definitions/nondeterminism';
import { readSandboxError, sandboxErrorFinding } from '../definitions/sandbox-errors';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Failure = temporal.api.failure.v1.IFailure;

export interface TaskFailure {
  readonly message: string;
  readonly stack: string;
  readonly cause?: TaskFailure;
  /** Build of the worker that failed it. */
  readonly buildId?: string;
}

const NONDETERMINISM = '[TMPRL1100] Nondeterminism error: ';
const MAX_CAUSES = 4;

/**
 * The failure of the workflow task that a run stands at.
 *
 * @param events newest first
 * @returns `undefined` where it has not failed, or only timed out
 */
export function lastTaskFailure(events: readonly HistoryEvent[]): TaskFailure | undefined {
  for (const { workflowTaskFailedEventAttributes: failed, workflowTaskCompletedEventAttributes: completed } of events) {
    if (completed != null) return undefined;
    if (failed != null) {
      const started = events.find(({ eventId }) => String(eventId) === String(failed.startedEventId));
      const buildId = started?.workflowTaskStartedEventAttributes?.workerVersion?.buildId || undefined;
      return { ...readFailure(failed.failure, 0), ...defined({ buildId }) };
    }
  }
  return undefined;
}

/** What is found in such a failure; `undefined` for an error that may be anything. */
export function taskFailureFinding(run: VisibleRun, failure: TaskFailure): Detected | undefined {
  const { workflowType, taskType, workflowId, runId } = run;
  const subject = { workflowType, workflowId, runId, ...defined({ taskType }) };
  const sandboxError = readSandboxError(failure);
  if (sandboxError !== undefined) return { ...sandboxErrorFinding(sandboxError), ...subject };
  if (!failure.message.startsWith(NONDETERMINISM)) return undefined;
  const { words, ...divergence } = describeNondeterminism(failure.message.slice(NONDETERMINISM.length));
  return {
    id: 'nondeterminism',
    message: `a run of workflow ${workflowType} cannot be replayed by the workers of task queue ${run.taskQueue}: ${words}`,
    cause: workflowType,
    evidence: { taskQueue: run.taskQueue, ...defined({ buildId: failure.buildId }), ...divergence },
    ...subject,
  };
}

/** Name of the error that was thrown, which the SDK puts nowhere but into the stack trace; what Core finds has none. */
export function errorName({ stack }: TaskFailure): string | undefined {
  return /^(?:Uncaught )?([A-Z]\w*(?:Error|Failure|Exception))\b/m.exec(stack)?.[1];
}

function readFailure(failure: Failure | null | undefined, depth: number): TaskFailure {
  const { message, stackTrace, cause } = failure ?? {};
  return {
    message: message ?? '',
    stack: stackTrace ?? '',
    ...defined({
      cause: cause == null || depth >= MAX_CAUSES ? undefined : readFailure(cause, depth + 1),
    }),
  };
}
