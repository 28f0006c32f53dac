/**
 * The story of one run: what `explain --json` prints. Fields are only ever added; a change of meaning raises `version`.
 *
 * @module
 */

import type { ContentRef, Outcome, UsageSource } from '../../activity/observation';
import type { FindingId, Severity } from '../../definitions/findings';
import type { FinishReason, LlmToolCall, LlmUsage } from '../../llm/types';

export const EXPLANATION_VERSION = 1;

/** Where a line of the story comes from: what the worker recorded, or what Temporal's history alone shows. */
export type StorySource = 'record' | 'history';

export interface Explanation {
  readonly version: typeof EXPLANATION_VERSION;
  readonly workflow: ExplainedWorkflow;
  /** Runs of the continue-as-new chain that were found, oldest first. */
  readonly chain: readonly ExplainedRun[];
  readonly iterations: readonly ExplainedIteration[];
  readonly tools: readonly ExplainedTool[];
  readonly children: readonly ExplainedChild[];
  /** Attempts that failed, retried or not, and what made them fail; oldest activity first. */
  readonly failedAttempts: readonly ExplainedFailedAttempt[];
  /** Empty when the run is closed. */
  readonly waitingFor: readonly ExplainedWait[];
  readonly findings: readonly ExplainedFinding[];
  readonly totals: ExplainedTotals;
  /** Why the run failed, when it did: redacted and shortened. */
  readonly failure?: ExplainedFailure;
  /** What could not be told, and why. */
  readonly notes: readonly string[];
}

export interface ExplainedWorkflow {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  /** As Temporal names it: RUNNING, COMPLETED, FAILED, CANCELLED, TERMINATED, CONTINUED_AS_NEW, TIMED_OUT, PAUSED. */
  readonly status: string;
  readonly taskType: string;
  readonly taskId?: string;
  readonly sessionId?: string;
  /** Start of the run, or of the task where it is known to have begun in an earlier run. ISO 8601. */
  readonly startedAt: string;
  readonly closedAt?: string;
  /** From `startedAt` to the close, or to now. */
  readonly durationMs: number;
  readonly parent?: { readonly workflowId: string; readonly runId: string };
}

export interface ExplainedRun {
  readonly runId: string;
  readonly status: string;
  readonly startedAt?: string;
  readonly closedAt?: string;
  /** Events of its history, and how many of them were read. */
  readonly events?: number;
  readonly eventsRead: number;
}

/** One activity, over all its attempts. */
interface ExplainedActivity {
  readonly activityType: string;
  readonly activityId: string;
  readonly runId: string;
  readonly isLocal: boolean;
  /** Attempts so far, the running or coming one included. */
  readonly attempts: number;
  /** Start of the last attempt where it is known, else when the activity was scheduled. ISO 8601. */
  readonly startedAt: string;
  /** Duration of the last attempt; absent while it is pending. */
  readonly durationMs?: number;
  /** `pending` until the activity is closed: it runs, or waits for its next attempt. */
  readonly outcome: Outcome | 'pending';
  readonly source: StorySource;
  readonly input?: ContentRef;
  readonly output?: ContentRef;
}

export interface ExplainedIteration extends ExplainedActivity {
  /** From 1; counting goes on across continue-as-new. */
  readonly number: number;
  readonly provider?: string;
  readonly model?: string;
  readonly usage?: LlmUsage;
  readonly usageSource: UsageSource;
  readonly costUsd?: number;
  readonly finish?: FinishReason;
  /** The provider's own word for `finish`. */
  readonly finishRaw?: string;
  readonly refusal: boolean;
  readonly toolCalls: readonly LlmToolCall[];
}

export interface ExplainedTool extends ExplainedActivity {
  readonly name: string;
  /** Iteration that it belongs to: the last one that had begun; 0 before the first. */
  readonly iteration: number;
}

export interface ExplainedChild {
  readonly workflowId: string;
  readonly runId?: string;
  readonly workflowType: string;
  /** `starting`, `running`, or how it ended: completed, failed, cancelled, timed_out, terminated, start_failed. */
  readonly status: string;
  readonly initiatedAt: string;
  readonly closedAt?: string;
}

export interface ExplainedFailedAttempt {
  readonly activityType: string;
  readonly activityId: string;
  readonly runId: string;
  /** The attempt that failed. */
  readonly attempt: number;
  readonly failure: ExplainedFailure;
  readonly source: StorySource;
}

export interface ExplainedFailure {
  /** Closed vocabulary for model errors (`rate_limited`, …), where the worker recorded it. */
  readonly errorType?: string;
  /** Type of the failure as Temporal has it, e.g. `RateLimitError` or `TIMEOUT_TYPE_HEARTBEAT`. */
  readonly type?: string;
  /** Redacted and shortened. */
  readonly message: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

export type ExplainedWait =
  | {
      readonly kind: 'activity';
      readonly activityType: string;
      readonly activityId: string;
      readonly state: 'scheduled' | 'started' | 'cancel-requested' | 'paused';
      readonly attempt: number;
      readonly maximumAttempts?: number;
      readonly since?: string;
      readonly lastHeartbeatAt?: string;
      readonly nextAttemptAt?: string;
      readonly lastFailure?: ExplainedFailure;
    }
  | { readonly kind: 'timer'; readonly timerId: string; readonly since: string; readonly firesAt: string }
  | { readonly kind: 'child'; readonly workflowId: string; readonly workflowType: string }
  | { readonly kind: 'nexus-operation'; readonly operation: string; readonly attempt: number }
  | {
      readonly kind: 'workflow-task';
      readonly attempt: number;
      readonly since?: string;
      readonly lastFailure?: ExplainedFailure;
    }
  | { readonly kind: 'approval'; readonly state: string; readonly dueAt?: string }
  | { readonly kind: 'signal-or-update' };

export interface ExplainedFinding {
  readonly id: FindingId;
  readonly severity: Severity;
  /** What was seen, in one sentence. */
  readonly message: string;
  readonly advice: string;
  /** Separates causes within one run: an activity type, a model. */
  readonly cause: string;
  /** Absent when it was found before the run began. */
  readonly runId?: string;
  readonly foundAt: string;
}

export interface ExplainedTotals {
  /** Iterations with an answer. */
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly failedAttempts: number;
  /** As providers reported them, by model as the response names it. */
  readonly tokensByModel: Readonly<Record<string, ExplainedTokens>>;
  /** Absent when no price was known for any call. */
  readonly costUsd?: number;
  /** Calls whose cost is not in `costUsd`, for lack of usage or price. */
  readonly callsWithoutCost: number;
}

export interface ExplainedTokens {
  readonly input: number;
  readonly output: number;
  /** Calls that reported no usage: their tokens are not in the sums. */
  readonly callsWithoutUsage: number;
}
