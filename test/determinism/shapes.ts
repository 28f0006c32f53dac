/**
 * The shapes of workflows whose determinism is guarded, and what drives them from outside.
 *
 * @module
 */

import type { Client, WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type {
  AcknowledgeApproval,
  ApprovalRefusal,
  ApprovalsView,
  ApprovalView,
  DecideApproval,
} from '#lib/definitions/approvals';
import { APPROVAL_ACKNOWLEDGE, APPROVAL_DECIDE, APPROVALS_QUERY } from '#lib/definitions/wire';

export interface Shape {
  readonly workflow: string;
  readonly args: unknown[];
  /** Runs that the workflow and its children come to. */
  readonly runs?: number;
  /** What it returns is part of the outcome that must be the same with and without us. */
  drive?(handle: WorkflowHandle, client: Client): Promise<unknown>;
  /** Markers of ours in its history, where it is not the one of `sa-v1` alone. */
  readonly markers?: number;
  /** The history ends in a workflow task that fails for ever, as it must, so there is nothing to replay. */
  readonly neverEnds?: boolean;
}

/** Waits until the workflow has got so far that it has as many completed activities. */
async function untilCompleted(handle: WorkflowHandle, activities: number): Promise<void> {
  const { EVENT_TYPE_ACTIVITY_TASK_COMPLETED } = temporal.api.enums.v1.EventType;
  for (;;) {
    const { events } = await handle.fetchHistory();
    const completed = events?.filter(({ eventType }) => eventType === EVENT_TYPE_ACTIVITY_TASK_COMPLETED) ?? [];
    if (completed.length >= activities) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function untilStarted(handle: WorkflowHandle, activityType: string): Promise<void> {
  for (;;) {
    const { raw } = await handle.describe();
    if (raw.pendingActivities?.some(({ activityType: type }) => type?.name === activityType)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The message of the workflow task's failure. */
async function untilTaskFailed(handle: WorkflowHandle): Promise<string> {
  for (;;) {
    const { events } = await handle.fetchHistory();
    const failed = events?.find(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes);
    const failure = failed?.workflowTaskFailedEventAttributes?.failure;
    if (failure) return `${failure.message}: ${failure.cause?.message}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * How many promises the trace shows, and where the workflow waits. The frames in between are another matter: SDK 1.24 has
 * six for any outbound interceptor, and V8 takes down ten in all, so that the call of a promise that nobody awaits can
 * fall off the end.
 */
function summary(stackTrace: string): { promises: number; waitsAt: string | undefined } {
  const promises = stackTrace.split('\n\n');
  const frames = stackTrace.split('\n').filter((frame) => frame.includes('/workflows/'));
  return { promises: promises.length, waitsAt: frames.at(-1) };
}

/** Waits until the run has asked for the approval. */
async function untilRequested(handle: WorkflowHandle, id: string): Promise<void> {
  for (;;) {
    try {
      const { open } = await handle.query<ApprovalsView>(APPROVALS_QUERY);
      if (open.some((approval) => approval.id === id)) return;
    } catch {
      // The handlers come with the first request.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function decide(handle: WorkflowHandle, decision: DecideApproval): Promise<string> {
  const { state } = await handle.executeUpdate<ApprovalView, [DecideApproval]>(APPROVAL_DECIDE, { args: [decision] });
  return state;
}

async function refusal(decided: Promise<unknown>): Promise<string> {
  try {
    await decided;
    return 'taken';
  } catch (error) {
    const { cause } = error as { cause?: { details?: [ApprovalRefusal] } };
    return cause?.details?.[0].reason ?? String(error);
  }
}

const APPROVAL_SHAPES: Readonly<Record<string, Shape>> = {
  'approval-between-work': {
    workflow: 'approvalBetweenWork',
    args: [],
    async drive(handle) {
      await untilRequested(handle, 'refund');
      const unknown = await refusal(decide(handle, { id: 'email', verdict: 'approve' }));
      await handle.executeUpdate<ApprovalView, [AcknowledgeApproval]>(APPROVAL_ACKNOWLEDGE, {
        args: [{ id: 'refund', actor: 'ann' }],
      });
      await handle.signal(APPROVAL_ACKNOWLEDGE, { id: 'refund', actor: 'bob' });
      const first = await decide(handle, { id: 'refund', verdict: 'approve', actor: 'ann', note: 'fine' });
      const again = await decide(handle, { id: 'refund', verdict: 'approve', actor: 'bob' });
      await untilRequested(handle, 'email');
      const opposite = await refusal(decide(handle, { id: 'refund', verdict: 'reject' }));
      await handle.signal(APPROVAL_DECIDE, { id: 'refund', verdict: 'reject' });
      await handle.signal(APPROVAL_DECIDE, 'garbage');
      await handle.signal(APPROVAL_DECIDE, { id: 'email', verdict: 'reject', actor: 'bob' });
      return [unknown, first, again, opposite];
    },
  },
  'approval-escalates': { workflow: 'approvalEscalates', args: [] },
  'approval-times-out': { workflow: 'approvalTimesOut', args: [] },
  'approvals-side-by-side': {
    workflow: 'approvalsSideBySide',
    args: [],
    async drive(handle) {
      await untilRequested(handle, 'c');
      await decide(handle, { id: 'b', verdict: 'reject', actor: 'ann' });
      await Promise.all([
        decide(handle, { id: 'c', verdict: 'approve', actor: 'ann' }),
        handle.signal(APPROVAL_DECIDE, { id: 'a', verdict: 'approve', actor: 'bob' }),
      ]);
    },
  },
  'approval-cancelled': { workflow: 'approvalCancelled', args: [] },
  'approval-decided-early': {
    workflow: 'approvalDecidedEarly',
    args: [],
    async drive(handle) {
      await handle.signal(APPROVAL_DECIDE, { id: 'early', verdict: 'approve', actor: 'ann' });
      await handle.signal(APPROVAL_DECIDE, { id: 'early', verdict: 'reject', actor: 'bob' });
    },
  },
  'approval-decided-unheard': {
    workflow: 'approvalDecidedUnheard',
    args: [],
    async drive(handle) {
      await handle.signal(APPROVAL_DECIDE, { id: 'unheard', verdict: 'approve', actor: 'ann' });
      await handle.signal('ask');
    },
  },
  'approval-across-runs': {
    workflow: 'approvalAcrossRuns',
    args: [],
    runs: 3,
    async drive(handle, client) {
      const { workflowId } = handle;
      // The third run waits; those before go on by themselves.
      const open = client.workflow.getHandle(workflowId);
      for (;;) {
        const { raw } = await open.describe();
        const { events } = await open.fetchHistory();
        const continued = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
        if (continued && events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes)) {
          const first = events[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
          if (first !== continued && raw.pendingActivities?.length === 0) break;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return decide(open, { id: 'long', verdict: 'approve', actor: 'ann' });
    },
  },
  'approval-reported': {
    workflow: 'approvalReported',
    args: [],
    markers: 2,
    async drive(handle) {
      await untilRequested(handle, 'contract');
      const refused = await refusal(decide(handle, { id: 'contract', verdict: 'approve' }));
      await handle.signal('sign', 'ann');
      return refused;
    },
  },
};

async function reset(handle: WorkflowHandle, client: Client): Promise<void> {
  await handle.result();
  const { workflowId } = handle;
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const completed =
    events?.filter(({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes) ?? [];
  const middle = completed[Math.floor(completed.length / 2)];
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'test',
    requestId: `${workflowId}-reset`,
    ...(middle?.eventId != null && { workflowTaskFinishEventId: middle.eventId }),
  });
}

export const SHAPES: Readonly<Record<string, Shape>> = {
  'sequential-loop': { workflow: 'sequentialLoop', args: [7] },
  'fan-out-racing-timer': { workflow: 'fanOutRacingTimer', args: [6] },
  children: { workflow: 'parent', args: [3], runs: 4 },
  'continue-as-new': { workflow: 'longRunner', args: [3, 3], runs: 3 },
  'agent-budget': { workflow: 'bounded', args: [{ maxIterations: 9, maxTokens: 500, continueAsNewAt: 2 }], runs: 3 },
  'signals-updates-queries': {
    workflow: 'handlers',
    args: [],
    async drive(handle) {
      await untilCompleted(handle, 1);
      await handle.signal('addNote', 'first');
      await handle.query('progress');
      await handle.executeUpdate('steer', { args: ['left'] });
      await handle.executeUpdate('steer', { args: [''] }).catch(() => undefined);
      await handle.signal('addNote', 'second');
      await handle.query('progress');
      await handle.signal('finish');
    },
  },
  'handler-outlives-main': {
    workflow: 'handlerOutlivesMain',
    args: [],
    async drive(handle) {
      await untilCompleted(handle, 1);
      await handle.executeUpdate('steer', { args: ['left'] }).catch(() => undefined);
    },
  },
  cancellation: {
    workflow: 'cancelled',
    args: [],
    async drive(handle) {
      await untilStarted(handle, 'waitForCancellation');
      await handle.cancel();
    },
  },
  'cancelled-scope': { workflow: 'cancelledScope', args: [] },
  failing: { workflow: 'failing', args: [] },
  'tolerates-failure': { workflow: 'toleratesFailure', args: [] },
  'unawaited-failure': {
    workflow: 'unawaitedFailure',
    args: [],
    neverEnds: true,
    async drive(handle) {
      const failure = await untilTaskFailed(handle);
      await handle.terminate();
      return failure;
    },
  },
  'unawaited-pending': {
    workflow: 'unawaitedPending',
    args: [],
    async drive(handle) {
      await untilStarted(handle, 'slow');
      const stackTrace = await handle.query<string>('__stack_trace');
      await handle.signal('finish');
      return summary(stackTrace);
    },
  },
  'many-at-once': { workflow: 'manyAtOnce', args: [300] },
  'local-activities': { workflow: 'localActivities', args: [] },
  'failed-task': { workflow: 'failedTask', args: [] },
  reset: { workflow: 'sequentialLoop', args: [4], runs: 2, drive: reset },
  'child-left-behind': { workflow: 'leavesChildBehind', args: [], runs: 2 },
  ...APPROVAL_SHAPES,
  'pure-wait': { workflow: 'pureWait', args: [], drive: (handle) => handle.signal('finish') },
};
