/**
 * What `overdue --json` prints. Fields are only ever added; a change of meaning raises `version`. Times are ISO 8601,
 * durations milliseconds.
 *
 * @module
 */

import type { ExplainedWait } from '../explain/explanation';

export const OVERDUE_VERSION = 1;

/** Where an expectation comes from; `given` by an option of the command. */
export type ExpectedSource = 'configured' | 'observed' | 'given';

export interface OverdueReport {
  readonly version: typeof OVERDUE_VERSION;
  readonly namespace: string;
  /** What ages are measured against. */
  readonly at: string;
  /** What is expected of the task types that run now, or of the one that was asked for. */
  readonly taskTypes: readonly ExpectedOfType[];
  /** Agents that are overdue, listed or not. */
  readonly overdue: number;
  /** The ones that are overdue the longest by the start of their task, oldest first. */
  readonly runs: readonly OverdueRun[];
  /** What could not be told, and why. */
  readonly notes: readonly string[];
}

export interface ExpectedOfType {
  readonly taskType: string;
  readonly source: ExpectedSource;
  /** Absent while too few runs have completed. */
  readonly expectedMs?: number;
  /** Completed runs that were looked at. */
  readonly sample?: number;
}

export interface OverdueRun {
  readonly taskType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly taskId?: string;
  readonly sessionId?: string;
  /** Start of the task, also where it continued as new since. */
  readonly startedAt: string;
  readonly ageMs: number;
  readonly expectedMs: number;
  readonly source: ExpectedSource;
  readonly iteration?: number;
  readonly lastTool?: string;
  readonly model?: string;
  readonly tokens?: number;
  /** State of the most urgent approval, open or not. */
  readonly approvalState?: string;
  readonly approvalDueAt?: string;
  readonly waitingFor: readonly ExplainedWait[];
}
