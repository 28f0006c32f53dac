import type { AgentRecord } from '../../content/record';
import { defined } from '../../definitions/defined';
import { attemptsOf } from './explain-activities';
import type { ExplainedFailedAttempt, ExplainedFailure } from './explanation';
import { explainFailure, type FailureMessage, type RedactText, shorten } from './failures';
import type { MergedActivity } from './merge-activities';

export interface FailedAttempts {
  readonly failedAttempts: readonly ExplainedFailedAttempt[];
  /** Attempts of which neither a record nor history tells the end. */
  readonly unknownAttempts: number;
}

/** Every attempt that failed, with its cause. Records know all of them; history only the last two of an activity. */
export function explainFailedAttempts(activities: readonly MergedActivity[], redact: RedactText): FailedAttempts {
  const failedAttempts: ExplainedFailedAttempt[] = [];
  let unknownAttempts = 0;
  for (const activity of activities) {
    const fromHistory = historyFailures(activity);
    const isOpen = activity.story?.outcome === 'pending';
    const closedAttempts = attemptsOf(activity) - (isOpen ? 1 : 0);
    for (let attempt = 1; attempt <= closedAttempts; attempt++) {
      const record = activity.attempts.find((recorded) => recorded.attempt === attempt);
      const failure = recordedFailure(record, redact) ?? explainOptional(fromHistory.get(attempt), redact);
      if (failure !== undefined) failedAttempts.push(describe(activity, attempt, failure, record));
      else if (record === undefined && attempt < attemptsOf(activity)) unknownAttempts++;
    }
  }
  return { failedAttempts, unknownAttempts };
}

function describe(
  { activityType, activityId, runId }: MergedActivity,
  attempt: number,
  failure: ExplainedFailure,
  record: AgentRecord | undefined,
): ExplainedFailedAttempt {
  const source = record === undefined ? 'history' : 'record';
  return { activityType, activityId, runId, attempt, failure, source };
}

function historyFailures(activity: MergedActivity): ReadonlyMap<number, FailureMessage> {
  const failures = new Map<number, FailureMessage>();
  const { story, pending } = activity;
  const last = attemptsOf(activity);
  if (story?.previousFailure !== undefined) failures.set(last - 1, story.previousFailure);
  if (story?.failure !== undefined) failures.set(last, story.failure);
  if (pending?.lastFailure !== undefined) failures.set(last - 1, pending.lastFailure);
  return failures;
}

function explainOptional(failure: FailureMessage | undefined, redact: RedactText): ExplainedFailure | undefined {
  return failure && explainFailure(failure, redact);
}

function recordedFailure(record: AgentRecord | undefined, redact: RedactText): ExplainedFailure | undefined {
  if (record === undefined || (record.outcome !== 'error' && record.outcome !== 'timeout')) return undefined;
  const { type: errorType, name: type, message, retryable, retryAfterMs } = record.error ?? {};
  return {
    message: message === undefined ? 'no message was recorded' : shorten(message, redact),
    ...defined({ errorType, type, retryable, retryAfterMs }),
  };
}
