/**
 * What is known of one activity attempt when it ends. Built once; metrics, tracing and records all receive the same.
 *
 * @module
 */

import type { LlmCall, LlmErrorInfo } from '../llm/types';

/** The ids that tie workflow, task, session and tool call together. */
export interface AgentCorrelation {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly activityId: string;
  readonly activityType: string;
  /** Attempt of this activity, from 1. */
  readonly attempt: number;
  readonly isLocal: boolean;
  readonly taskType: string;
  readonly taskId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Model turns of the task before this activity was scheduled. */
  readonly iteration?: number | undefined;
}

export const OUTCOMES = ['ok', 'error', 'timeout', 'cancelled', 'refusal', 'content_filter'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How the tokens of a call are known. */
export type UsageSource = 'provider' | 'estimated' | 'absent';

export interface ActivityObservation {
  readonly correlation: AgentCorrelation;
  readonly kind: 'llm' | 'tool';
  /** Tool name when `kind` is `tool`: the activity type, or the name inside an MCP call's arguments. */
  readonly tool?: string | undefined;
  /** Start of the attempt, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Model that the arguments ask for; known even when the attempt fails. */
  readonly requestModel?: string | undefined;
  /** Provider of that model, where its name tells. */
  readonly requestProvider?: string | undefined;
  /** The normalised response, when a reader recognised one. */
  readonly call?: LlmCall | undefined;
  /** Class of the error, when the attempt failed. */
  readonly errorInfo?: LlmErrorInfo | undefined;
  readonly error?: unknown;
  /** Cost in US dollars; absent when usage or price is unknown. */
  readonly costUsd?: number | undefined;
  /** Arguments as the activity got them. Content. */
  readonly input: readonly unknown[];
  /** Result as the activity returned it. Content. */
  readonly output?: unknown;
  /** Size of the input as JSON in UTF-8, before any codec; absent when it could not be measured. */
  readonly inputBytes?: number | undefined;
  /** Size of the output as JSON in UTF-8, before any codec; absent when it could not be measured. */
  readonly outputBytes?: number | undefined;
  /** How `inputBytes` was found, for who would measure again. */
  readonly inputMeasure?: JsonMeasure | undefined;
  readonly outputMeasure?: JsonMeasure | undefined;
}

/** Size of a value as JSON. */
export interface JsonMeasure {
  /**
   * Size as JSON in UTF-8, in bytes. Exact but for control characters other than tab, newline and return, lone
   * surrogates, strings over 1 MiB (escapes are extrapolated) and binary values inside objects (an estimate).
   */
  readonly bytes: number;
  /** The measuring ended at a limit: the value is at least this large. */
  readonly atLeast: boolean;
  /** Part of `bytes` that comes from binary values. */
  readonly binaryBytes: number;
}

/** Where the bytes of an input or output are, or why they are not there. */
export interface ContentRef {
  /** `file:` or store URI, e.g. `content/<namespace>/sha256/<2 hex>/<hex>` below the store. */
  readonly uri?: string | undefined;
  readonly sha256?: string | undefined;
  readonly bytes?: number | undefined;
  /** Why there is no content. */
  readonly missing?: 'off' | 'too-large' | 'unserialisable' | 'redactor-failed' | 'dropped' | 'none';
}

/** What recording an observation's content came to. */
export interface ContentRefs {
  readonly input: ContentRef;
  readonly output: ContentRef;
}
