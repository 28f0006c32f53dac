/**
 * What the exporter is told: complete and checked.
 *
 * @module
 */

import type { FindingSeverities } from '../reporting/finding-reporter';

/** How the age at which a task type is overdue is derived from runs that completed. */
export interface ExpectedConfig {
  /** How far back completed runs are looked at, in milliseconds. */
  readonly windowMs: number;
  /** Fewest runs in the window from which anything is expected. */
  readonly minimumSample: number;
  /** Most runs that are looked at, the newest. */
  readonly sampleSize: number;
  /** What the 95th percentile is multiplied by. */
  readonly factor: number;
  /** Least that is ever expected, in milliseconds. */
  readonly floorMs: number;
  /**
   * How long a sample is used, in milliseconds. Samples end at multiples of it, so that replicas, and an exporter that
   * was restarted, have the same.
   */
  readonly refreshMs: number;
}

export interface TaskTypeConfig {
  /** Expected 95th percentile of a task's duration, in milliseconds; nothing is derived from runs then. */
  readonly expectedMs?: number;
  /** How long past its due time an approval is overdue, in milliseconds. */
  readonly approvalSlaMs?: number;
}

export interface ExporterConfig {
  readonly pollIntervalMs: number;
  /** Visibility requests a second and namespace, 2 at most. */
  readonly requestsPerSecond: number;
  readonly taskTypes: Readonly<Record<string, TaskTypeConfig>>;
  readonly expected: ExpectedConfig;
  /** Of task types that have none of their own. */
  readonly approvalSlaMs: number;
  /** Most runs that one List of a poll gives. */
  readonly listLimit: number;
  /** Most runs of a poll that are asked for what they are doing. */
  readonly describeLimit: number;
  /** Attempts of a workflow task from which on it counts as failing again and again. */
  readonly failingAttempts: number;
  readonly findings: FindingSeverities;
}

const MINUTE_MS = 60_000;

export const DEFAULT_EXPORTER_CONFIG: ExporterConfig = {
  pollIntervalMs: 30_000,
  requestsPerSecond: 2,
  taskTypes: {},
  expected: {
    windowMs: 7 * 24 * 60 * MINUTE_MS,
    minimumSample: 20,
    sampleSize: 1000,
    factor: 1.5,
    floorMs: MINUTE_MS,
    refreshMs: 5 * MINUTE_MS,
  },
  approvalSlaMs: 0,
  listLimit: 1000,
  describeLimit: 20,
  failingAttempts: 3,
  findings: {},
};
