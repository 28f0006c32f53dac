/**
 * Figures by which detectors decide. Part of the workflow bundle, like every option that the sandbox reads.
 *
 * @module
 */

import { PAYLOAD_LIMIT_BYTES, PAYLOAD_WARN_BYTES } from './limits';

/** One figure for all, or one per task type; `default` stands for those that are not named. */
export type PerTaskType<T> = T | Readonly<Record<string, T>>;

export interface Thresholds {
  /** Model turns of one task, across continue-as-new, over which `iteration-cap-exceeded` is found. */
  readonly iterationCap: PerTaskType<number>;
  /** Tokens of one task, input and output, over which `token-budget-exceeded` is found; `Infinity` for no budget. */
  readonly tokenBudget: PerTaskType<number>;
  /** Milliseconds of `startToCloseTimeout` over which a model call without heartbeats is `heartbeat-missing`. */
  readonly heartbeatAboveMs: number;
  /**
   * Share of the heartbeat timeout without a first heartbeat at which an activity is `heartbeat-silent`. Between
   * heartbeats it may be silent for halfway from there to the whole timeout.
   */
  readonly heartbeatSilentShare: number;
  /** Milliseconds that an activity may go on after its cancellation was delivered before it is `cancel-ignored`. */
  readonly cancelIgnoredMs: number;
  /** Size in bytes at which the server terminates a run (`limit.historySize.error`). */
  readonly historySizeLimitBytes: number;
  /** Number of events at which the server terminates a run (`limit.historyCount.error`). */
  readonly historyEventsLimit: number;
  /** Size of a payload in bytes at which it is `payload-near-limit` (`limit.blobSize.warn`). */
  readonly payloadWarningBytes: number;
  /** Size of a payload in bytes at which it is `payload-over-limit` (`limit.blobSize.error`). */
  readonly payloadLimitBytes: number;
  /** Share of either history limit at which `history-budget` is found as a warning. */
  readonly historyWarningShare: number;
  /** Share of either history limit at which `history-budget` is critical. */
  readonly historyCriticalShare: number;
  /** Workflow tasks that may go by after Temporal suggested to continue as new. */
  readonly continueAsNewIgnoredTasks: number;
  /** Calls left by the growth of the conversation at or below which `conversation-in-history` is found. */
  readonly conversationCallsLeft: number;
  /**
   * Model requests answered one after the other inside one activity attempt from which on it is an
   * `agent-loop-in-activity`; requests of tools between two of them count as one more.
   */
  readonly modelRequestsPerAttempt: number;
  /** Bytes of a tool output that goes to the model as it is over which it is `tool-output-oversized`. */
  readonly toolOutputBytes: number;
}

export type ThresholdName = keyof Thresholds;

export const DEFAULT_THRESHOLDS: Thresholds = {
  iterationCap: 100,
  tokenBudget: Number.POSITIVE_INFINITY,
  heartbeatAboveMs: 120_000,
  heartbeatSilentShare: 0.5,
  cancelIgnoredMs: 30_000,
  historySizeLimitBytes: 50 * 1024 * 1024,
  historyEventsLimit: 51_200,
  payloadWarningBytes: PAYLOAD_WARN_BYTES,
  payloadLimitBytes: PAYLOAD_LIMIT_BYTES,
  historyWarningShare: 0.5,
  historyCriticalShare: 0.8,
  continueAsNewIgnoredTasks: 20,
  conversationCallsLeft: 100,
  modelRequestsPerAttempt: 3,
  toolOutputBytes: 64 * 1024,
};

/** Thresholds of what only the worker sees; workflow code is measured by all others, and those of its bundle. */
const WORKER_THRESHOLDS: ReadonlySet<string> = new Set<ThresholdName>([
  'heartbeatSilentShare',
  'cancelIgnoredMs',
  'modelRequestsPerAttempt',
  'payloadWarningBytes',
  'payloadLimitBytes',
]);

/** Thresholds by which workflow code is measured, in which two sets differ. */
export function differingThresholds(a: Thresholds, b: Thresholds): readonly ThresholdName[] {
  const names = Object.keys(DEFAULT_THRESHOLDS) as ThresholdName[];
  return names.filter((name) => !WORKER_THRESHOLDS.has(name) && figures(a[name]) !== figures(b[name]));
}

function figures(value: PerTaskType<number>): string {
  return typeof value === 'number' ? String(value) : Object.entries(value).sort().join();
}

/** The figure for a task type. */
export function thresholdFor(thresholds: Thresholds, name: 'iterationCap' | 'tokenBudget', taskType: string): number {
  const value = thresholds[name];
  if (typeof value === 'number') return value;
  const named = Object.hasOwn(value, taskType) ? value[taskType] : undefined;
  const fallback = DEFAULT_THRESHOLDS[name] as number;
  return named ?? value.default ?? fallback;
}
