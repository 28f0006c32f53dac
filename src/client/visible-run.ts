/**
 * A run as visibility shows it, with our attributes decoded. Attributes that are missing or cannot be read are absent.
 *
 * @module
 */

import type { temporal } from '@temporalio/proto';
import { defined } from '../definitions/defined';
import { fromJsonPayload } from '../definitions/json-payload';
import type { SearchAttributeName } from '../definitions/search-attributes';

type Execution = temporal.api.workflow.v1.IWorkflowExecutionInfo;

/** Names of `temporal.api.enums.v1.WorkflowExecutionStatus`, as queries spell them. */
const STATUSES = [
  'Unspecified',
  'Running',
  'Completed',
  'Failed',
  'Canceled',
  'Terminated',
  'ContinuedAsNew',
  'TimedOut',
  'Paused',
] as const;

export type RunStatus = (typeof STATUSES)[number];

export interface RunId {
  readonly workflowId: string;
  readonly runId: string;
}

export interface VisibleRun extends RunId {
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly status: RunStatus;
  /** Of the run, in milliseconds since the epoch; a task that continued as new began earlier. */
  readonly startedAtMs: number;
  /** ExecutionTime: later than the start by the start delay, or by the wait for the cron schedule or the next retry. */
  readonly executionAtMs: number;
  readonly closedAtMs?: number;
  readonly parent?: RunId;
  readonly taskType?: string;
  readonly taskId?: string;
  readonly sessionId?: string;
  readonly model?: string;
  readonly lastTool?: string;
  readonly iteration?: number;
  readonly tokens?: number;
  readonly taskStartedAtMs?: number;
  readonly approvalState?: string;
  readonly approvalDueAtMs?: number;
}

/** Most that a value of ours takes. */
const MAX_VALUE_BYTES = 4096;

export function readVisibleRun(execution: Execution): VisibleRun {
  const value = attributeReader(execution.searchAttributes?.indexedFields ?? {});
  const text = (name: SearchAttributeName) => ifType(value(name), 'string');
  const number = (name: SearchAttributeName) => ifType(value(name), 'number');
  const time = (name: SearchAttributeName) => timeOf(text(name));
  const { parentExecution } = execution;
  const startedAtMs = milliseconds(execution.startTime) ?? 0;
  return {
    ...runId(execution.execution),
    workflowType: execution.type?.name ?? '',
    taskQueue: execution.taskQueue ?? '',
    status: STATUSES[execution.status ?? 0] ?? 'Unspecified',
    startedAtMs,
    executionAtMs: milliseconds(execution.executionTime) ?? startedAtMs,
    ...defined({
      closedAtMs: milliseconds(execution.closeTime),
      parent: parentExecution?.workflowId ? runId(parentExecution) : undefined,
      taskType: text('AgentTaskType'),
      taskId: text('AgentTaskId'),
      sessionId: text('AgentSessionId'),
      model: text('AgentModel'),
      lastTool: text('AgentLastTool'),
      iteration: number('AgentIteration'),
      tokens: number('AgentTokens'),
      taskStartedAtMs: time('AgentTaskStartedAt'),
      approvalState: text('AgentApprovalState'),
      approvalDueAtMs: time('AgentApprovalDueAt'),
    }),
  };
}

function attributeReader(fields: NonNullable<temporal.api.common.v1.ISearchAttributes['indexedFields']>) {
  return (name: SearchAttributeName): unknown => {
    try {
      return fromJsonPayload(fields[name], MAX_VALUE_BYTES);
    } catch {
      return undefined;
    }
  };
}

function ifType<T extends 'string' | 'number'>(value: unknown, type: T) {
  return (typeof value === type ? value : undefined) as (T extends 'string' ? string : number) | undefined;
}

function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function runId(execution: temporal.api.common.v1.IWorkflowExecution | null | undefined): RunId {
  return { workflowId: execution?.workflowId ?? '', runId: execution?.runId ?? '' };
}

function milliseconds(time: { seconds?: unknown; nanos?: number | null } | null | undefined): number | undefined {
  return time == null ? undefined : Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}
