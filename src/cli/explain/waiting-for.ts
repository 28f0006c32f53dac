import { APPROVAL_OPEN_STATES } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import type { PendingActivity, RunDescription } from './describe-run';
import type { ExplainedWait } from './explanation';
import { explainFailure, type RedactText } from './failures';
import type { RunStory } from './run-story';
import { isoTime } from './time';

/** What an open run waits for now: pending work as Describe has it, and timers, which only history shows. */
export function explainWaiting(run: RunDescription, story: RunStory, redact: RedactText): ExplainedWait[] {
  if (run.closedAtMs !== undefined) return [];
  const waits: ExplainedWait[] = [
    ...run.pendingActivities.map((pending) => explainActivityWait(pending, redact)),
    ...run.pendingChildren.map((child): ExplainedWait => ({ kind: 'child', ...child })),
    ...run.pendingNexusOperations.map((operation): ExplainedWait => ({ kind: 'nexus-operation', ...operation })),
    ...[...story.timers.values()].map(
      ({ timerId, startedAtMs, firesAtMs }): ExplainedWait => ({
        kind: 'timer',
        timerId,
        since: isoTime(startedAtMs),
        firesAt: isoTime(firesAtMs),
      }),
    ),
  ];
  if (run.pendingWorkflowTask !== undefined) {
    const { attempt, sinceMs } = run.pendingWorkflowTask;
    const failure = story.workflowTaskFailure;
    waits.push({
      kind: 'workflow-task',
      attempt,
      ...defined({
        since: optionalTime(sinceMs),
        lastFailure: failure && explainFailure(failure, redact),
      }),
    });
  }
  const approval = explainApprovalWait(run);
  if (approval !== undefined) waits.push(approval);
  // With a timer pending, it is most often the time limit of a wait for a signal; with nothing pending it must be one.
  return waits.length > 0 ? waits : [{ kind: 'signal-or-update' }];
}

/** The most urgent approval, which is the one that search attributes show. */
function explainApprovalWait({ searchAttributes }: RunDescription): ExplainedWait | undefined {
  const state = APPROVAL_OPEN_STATES.find((open) => open === searchAttributes.AgentApprovalState);
  if (state === undefined) return undefined;
  const { AgentApprovalDueAt: due } = searchAttributes;
  const dueAtMs = typeof due === 'string' ? Date.parse(due) : Number.NaN;
  return { kind: 'approval', state, ...defined({ dueAt: Number.isNaN(dueAtMs) ? undefined : isoTime(dueAtMs) }) };
}

function explainActivityWait(pending: PendingActivity, redact: RedactText): ExplainedWait {
  const nextAttemptAtMs = pending.state === 'scheduled' && pending.attempt > 1 ? pending.nextAttemptAtMs : undefined;
  // Of an activity that waits for its next attempt, the server gives the time of that attempt as scheduled.
  const scheduledAtMs = nextAttemptAtMs === undefined ? pending.scheduledAtMs : undefined;
  const since = pending.state === 'scheduled' ? scheduledAtMs : pending.lastStartedAtMs;
  return {
    kind: 'activity',
    activityType: pending.activityType,
    activityId: pending.activityId,
    state: pending.state,
    attempt: pending.attempt,
    ...defined({
      maximumAttempts: pending.maximumAttempts,
      since: optionalTime(since),
      lastHeartbeatAt: optionalTime(pending.lastHeartbeatAtMs),
      nextAttemptAt: optionalTime(nextAttemptAtMs),
      lastFailure: pending.lastFailure && explainFailure(pending.lastFailure, redact),
    }),
  };
}

function optionalTime(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : isoTime(ms);
}
