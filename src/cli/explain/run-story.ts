import type { History } from '@temporalio/common/lib/proto-utils';
import type { AgentHeader } from '../../definitions/agent-header';
import type { LlmCall } from '../../llm/types';
import type { FailureMessage } from './failures';

export type HistoryEvent = NonNullable<History['events']>[number];

/** What one run's history says, before records are added. Times are milliseconds since the epoch. */
export interface RunStory {
  readonly runId: string;
  workflowType: string | undefined;
  taskQueue: string | undefined;
  /** Ids and counts that the run was started with; empty where the plugin was not in use. */
  agent: AgentHeader;
  startedAtMs: number | undefined;
  closedAtMs: number | undefined;
  /** How the run ended; `undefined` while it is open or when its last event was not read. */
  end: RunEnd | undefined;
  failure: FailureMessage | undefined;
  /** The run that this one continues, and the one that continues it. */
  previousRunId: string | undefined;
  nextRunId: string | undefined;
  parent: { workflowId: string; runId: string } | undefined;
  /** In the order in which they were scheduled. */
  readonly activities: ActivityStory[];
  readonly timers: Map<string, TimerStory>;
  readonly children: ChildStory[];
  signals: number;
  updates: number;
  /** Why the last workflow task failed, until one succeeds. */
  workflowTaskFailure: FailureMessage | undefined;
  eventsRead: number;
  /** Events about something whose beginning was not read. */
  orphanEvents: number;
}

export type RunEnd = 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED' | 'TERMINATED' | 'CONTINUED_AS_NEW';

export interface ActivityStory {
  readonly activityId: string;
  readonly activityType: string;
  /** Name of the tool that it is, if it is one: the type, or the name inside an MCP call's arguments. */
  readonly tool: string;
  readonly isLocal: boolean;
  readonly scheduledAtMs: number;
  startedAtMs: number | undefined;
  closedAtMs: number | undefined;
  /** Attempts that history knows of; the server writes the start of the last one only, when it ends. */
  attempts: number;
  outcome: 'pending' | 'ok' | 'error' | 'timeout' | 'cancelled';
  /** Why the attempt before the last failed. */
  previousFailure: FailureMessage | undefined;
  failure: FailureMessage | undefined;
  /** The model call that its result was recognised as. */
  call: LlmCall | undefined;
  /** Encoding of a result that cannot be read here, e.g. `binary/encrypted`. */
  unreadable: string | undefined;
}

export interface TimerStory {
  readonly timerId: string;
  readonly startedAtMs: number;
  readonly firesAtMs: number;
}

export interface ChildStory {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly initiatedAtMs: number;
  runId: string | undefined;
  closedAtMs: number | undefined;
  status: 'starting' | 'running' | 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'terminated' | 'start_failed';
}
