/**
 * What `failing --json` prints. Fields are only ever added; a change of meaning raises `version`. Times are ISO 8601.
 *
 * @module
 */

export const FAILING_VERSION = 1;

export interface FailingReport {
  readonly version: typeof FAILING_VERSION;
  readonly namespace: string;
  readonly at: string;
  /** `server` where it reports failing runs (Temporal 1.30 and newer), `sample` where running agents were described. */
  readonly source: 'server' | 'sample';
  /** Running agents that were described; absent where the server reports. */
  readonly lookedAt?: number;
  /** Agents whose workflow task fails, listed or not. */
  readonly failing: number;
  /** Those that fail the longest first. */
  readonly runs: readonly FailingRun[];
  /** What could not be told, and why. */
  readonly notes: readonly string[];
}

export interface FailingRun {
  readonly taskType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly taskId?: string;
  readonly sessionId?: string;
  /** Start of the task, also where it continued as new since. */
  readonly startedAt: string;
  /** Attempt that the workflow task is at; 0 where it has none at the moment. */
  readonly attempt: number;
  /** When the first attempt failed or timed out; absent where the last events of the history do not tell. */
  readonly since?: string;
  /** Name of the error, or `timeout`; absent where it has none, as non-determinism. Never its message: it may be content. */
  readonly error?: string;
  /** Build of the worker that failed it. */
  readonly buildId?: string;
  /** What the failure is known to mean. */
  readonly finding?: { readonly id: string; readonly message: string };
}
