import type { ExplainedFailure, ExplainedWait } from './explanation';
import { formatDuration } from './format';

/** What a run waits for, a line each. */
export function waitLines(waits: readonly ExplainedWait[]): string[] {
  return waits.map((wait) => waitLine(wait, waits));
}

export function failureText({ errorType, type, message, retryable, retryAfterMs }: ExplainedFailure): string {
  const named = errorType !== undefined && errorType !== '_OTHER' ? errorType : type;
  const kind = named === 'Error' ? undefined : named;
  const asked = retryAfterMs === undefined ? '' : ` (asked to wait ${formatDuration(retryAfterMs)})`;
  return `${kind === undefined ? '' : `${kind}: `}${message}${asked}${retryable === false ? ' (permanent)' : ''}`;
}

function waitLine(wait: ExplainedWait, all: readonly ExplainedWait[]): string {
  switch (wait.kind) {
    case 'activity': {
      const limit = wait.maximumAttempts === undefined ? '' : ` of ${wait.maximumAttempts}`;
      const parts = [
        `activity ${wait.activityType} (${wait.activityId}): ${wait.state}, attempt ${wait.attempt}${limit}`,
        wait.since && `since ${wait.since}`,
        wait.lastHeartbeatAt && `last heartbeat ${wait.lastHeartbeatAt}`,
        wait.nextAttemptAt && `next attempt ${wait.nextAttemptAt}`,
        wait.lastFailure && `last failure: ${failureText(wait.lastFailure)}`,
      ];
      return parts.filter((part) => part !== undefined).join(', ');
    }
    case 'timer':
      // A wait for a signal with a time limit looks like this too: Temporal does not know of conditions.
      return `timer ${wait.timerId}: fires ${wait.firesAt}${
        all.every(({ kind }) => kind === 'timer') ? ', unless a signal or update ends the wait before' : ''
      }`;
    case 'child':
      return `child ${wait.workflowType} ${wait.workflowId}`;
    case 'nexus-operation':
      return `Nexus operation ${wait.operation}, attempt ${wait.attempt}`;
    case 'workflow-task': {
      const failure = wait.lastFailure === undefined ? '' : `: ${failureText(wait.lastFailure)}`;
      return wait.attempt > 1
        ? `a worker: its workflow task fails again and again (attempt ${wait.attempt})${failure}`
        : `a worker that takes its workflow task${wait.since === undefined ? '' : `, since ${wait.since}`}${failure}`;
    }
    case 'approval':
      return `an approval: ${wait.state}${wait.dueAt === undefined ? '' : `, due ${wait.dueAt}`}`;
    case 'signal-or-update':
      return 'a signal or update: nothing is pending';
  }
}
