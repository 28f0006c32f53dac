import type { WorkflowService } from '@temporalio/client';
import { defined } from '../../definitions/defined';
import type { FailureMessage } from './failures';
import { decodePayload } from './payloads';
import { protoTimeMs } from './time';

/** What Describe says of a run, as plain values. Times are milliseconds since the epoch. */
export interface RunDescription {
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly status: string;
  readonly startedAtMs: number;
  readonly closedAtMs?: number;
  readonly events: number;
  readonly searchAttributes: Readonly<Record<string, unknown>>;
  readonly parent?: { readonly workflowId: string; readonly runId: string };
  readonly pendingActivities: readonly PendingActivity[];
  readonly pendingChildren: readonly { readonly workflowId: string; readonly workflowType: string }[];
  readonly pendingNexusOperations: readonly { readonly operation: string; readonly attempt: number }[];
  readonly pendingWorkflowTask?: PendingWorkflowTask;
}

export interface PendingActivity {
  readonly activityId: string;
  readonly activityType: string;
  readonly state: 'scheduled' | 'started' | 'cancel-requested' | 'paused';
  readonly attempt: number;
  readonly maximumAttempts?: number;
  readonly scheduledAtMs?: number;
  readonly lastStartedAtMs?: number;
  readonly lastHeartbeatAtMs?: number;
  readonly nextAttemptAtMs?: number;
  readonly lastFailure?: FailureMessage;
}

export interface PendingWorkflowTask {
  readonly attempt: number;
  readonly sinceMs?: number;
}

// Numbers of temporal.api.enums.v1, which are a wire contract.
const STATUS = [
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'PAUSED',
];
const ACTIVITY_STATES: readonly PendingActivity['state'][] = [
  'scheduled',
  'scheduled',
  'started',
  'cancel-requested',
  'paused',
  'paused',
];

/**
 * Describes a run through the raw service: the client's own `describe` decodes the memo, which fails where the
 * application encrypts it.
 */
export async function describeRun(
  service: WorkflowService,
  namespace: string,
  workflowId: string,
  runId: string | undefined,
): Promise<RunDescription> {
  const response = await service.describeWorkflowExecution({
    namespace,
    execution: { workflowId, ...(runId !== undefined ? { runId } : {}) },
  });
  const info = response.workflowExecutionInfo ?? {};
  const task = response.pendingWorkflowTask;
  return {
    runId: info.execution?.runId ?? '',
    workflowType: info.type?.name ?? '',
    taskQueue: info.taskQueue ?? '',
    status: STATUS[info.status ?? 0] ?? 'UNKNOWN',
    startedAtMs: protoTimeMs(info.startTime) ?? 0,
    events: info.historyLength?.toNumber() ?? 0,
    searchAttributes: readSearchAttributes(info.searchAttributes?.indexedFields ?? {}),
    pendingActivities: (response.pendingActivities ?? []).map(readPendingActivity),
    pendingChildren: (response.pendingChildren ?? []).map((child) => ({
      workflowId: child.workflowId ?? '',
      workflowType: child.workflowTypeName ?? '',
    })),
    pendingNexusOperations: (response.pendingNexusOperations ?? []).map((pending) => ({
      operation: `${pending.service ?? ''}.${pending.operation ?? ''}`,
      attempt: pending.attempt ?? 1,
    })),
    ...defined({
      closedAtMs: protoTimeMs(info.closeTime),
      parent: readExecution(info.parentExecution),
      pendingWorkflowTask: task == null ? undefined : readWorkflowTask(task),
    }),
  };
}

function readExecution(execution: { workflowId?: string | null; runId?: string | null } | null | undefined) {
  return execution?.workflowId ? { workflowId: execution.workflowId, runId: execution.runId ?? '' } : undefined;
}

function readWorkflowTask(task: NonNullable<DescribeResponse['pendingWorkflowTask']>): PendingWorkflowTask {
  const sinceMs = protoTimeMs(task.originalScheduledTime) ?? protoTimeMs(task.scheduledTime);
  return { attempt: task.attempt ?? 1, ...defined({ sinceMs }) };
}

type DescribeResponse = Awaited<ReturnType<WorkflowService['describeWorkflowExecution']>>;
type RawPendingActivity = DescribeResponse['pendingActivities'][number];

function readPendingActivity(raw: RawPendingActivity): PendingActivity {
  const optional = {
    maximumAttempts: raw.maximumAttempts || undefined,
    scheduledAtMs: protoTimeMs(raw.scheduledTime),
    lastStartedAtMs: protoTimeMs(raw.lastStartedTime),
    lastHeartbeatAtMs: protoTimeMs(raw.lastHeartbeatTime),
    nextAttemptAtMs: protoTimeMs(raw.nextAttemptScheduleTime),
    lastFailure: raw.lastFailure ?? undefined,
  };
  return {
    activityId: raw.activityId ?? '',
    activityType: raw.activityType?.name ?? '',
    state: ACTIVITY_STATES[raw.state ?? 0] ?? 'scheduled',
    attempt: raw.attempt ?? 1,
    ...defined(optional),
  };
}

function readSearchAttributes(fields: Readonly<Record<string, Parameters<typeof decodePayload>[0]>>) {
  const values: Record<string, unknown> = {};
  for (const [name, payload] of Object.entries(fields)) {
    const decoded = decodePayload(payload);
    if (decoded.kind === 'value') values[name] = decoded.value;
  }
  return values;
}
