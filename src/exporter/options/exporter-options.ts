/**
 * Options of the exporter as code has them.
 *
 * @module
 */

import type { FindingId, Severity } from '../../definitions/findings';

/** What is expected of tasks of one type. */
export interface TaskTypeOptions {
  /**
   * Duration that tasks of this type are expected to stay below; nothing is derived from completed runs then.
   *
   * @default derived from completed runs
   * @example '45m'
   */
  readonly expected?: string;
  /**
   * How long past its due time an approval of this task type is overdue.
   *
   * @default approvalSla
   * @example '10m'
   */
  readonly approvalSla?: string;
}

/** How the age at which a task is overdue is derived from runs that completed. */
export interface ExpectedOptions {
  /**
   * How far back completed runs are looked at.
   *
   * @default '7d'
   * @example '3d'
   */
  readonly window?: string;
  /**
   * Fewest completed runs from which anything is expected of a task type.
   *
   * @default 20
   * @example 50
   */
  readonly minimumSample?: number;
  /**
   * Most completed runs of a task type that are looked at, the newest; at least `minimumSample`.
   *
   * @default 1000
   * @example 500
   */
  readonly sampleSize?: number;
  /**
   * What the 95th percentile of their durations is multiplied by.
   *
   * @default 1.5
   * @example 2
   */
  readonly factor?: number;
  /**
   * Least that is ever expected.
   *
   * @default '1m'
   * @example '5m'
   */
  readonly floor?: string;
  /**
   * How long a sample is used before a new one is taken.
   *
   * @default '5m'
   * @example '15m'
   */
  readonly refresh?: string;
}

/**
 * How a namespace is watched. Durations are text with a unit: `'30s'`, `'15m'`, `'4h'`, `'7d'`. Where code says nothing,
 * environment variables hold: `TEMPORAL_AGENT_OBSERVABILITY_EXPORTER_` and the name, for example
 * `TEMPORAL_AGENT_OBSERVABILITY_EXPORTER_POLL_INTERVAL`; `docs/exporter.md` lists them.
 */
export interface ExporterOptions {
  /**
   * Time between the starts of two polls; grows by itself where the requests do not fit.
   *
   * @default '30s'
   * @example '1m'
   */
  readonly pollInterval?: string;
  /**
   * Visibility requests a second and namespace, 2 at most.
   *
   * @default 2
   * @example 1
   */
  readonly requestsPerSecond?: number;
  /**
   * What is expected, by task type. Other task types are watched all the same.
   *
   * @default {}
   * @example { research: { expected: '45m', approvalSla: '10m' } }
   */
  readonly taskTypes?: Readonly<Record<string, TaskTypeOptions>>;
  /**
   * How expected durations are derived.
   *
   * @default see {@link ExpectedOptions}
   * @example { window: '3d', factor: 2 }
   */
  readonly expected?: ExpectedOptions;
  /**
   * How long past its due time an approval is overdue, for task types without their own.
   *
   * @default '0s'
   * @example '5m'
   */
  readonly approvalSla?: string;
  /**
   * Most runs that one list of a poll gives.
   *
   * @default 1000
   * @example 2000
   */
  readonly listLimit?: number;
  /**
   * Most runs of a poll that are asked for what they are doing.
   *
   * @default 20
   * @example 50
   */
  readonly describeLimit?: number;
  /**
   * Attempts of a workflow task from which on it counts as failing again and again.
   *
   * @default 3
   * @example 5
   */
  readonly failingAttempts?: number;
  /**
   * Another severity for a finding, or `off` to silence it.
   *
   * @default the plugin's `findings`
   * @example { 'orphaned-agent': 'critical' }
   */
  readonly findings?: Readonly<Partial<Record<FindingId, Severity | 'off'>>>;
}

/** Options of the exporter that is a process of its own; the form of its configuration file. */
export interface StandaloneExporterOptions extends ExporterOptions {
  /**
   * Namespaces that are watched.
   *
   * @default ['default']
   * @example ['agents', 'agents-staging']
   */
  readonly namespaces?: readonly string[];
  /**
   * Connection to Temporal. Flags and Temporal's own variables (`TEMPORAL_ADDRESS` ...) come before it.
   *
   * @default { address: 'localhost:7233' }
   * @example { address: 'agents.a1b2c.tmprl.cloud:7233', profile: 'production' }
   */
  readonly temporal?: {
    readonly address?: string;
    readonly apiKey?: string;
    readonly tls?: boolean;
    readonly profile?: string;
  };
  /**
   * Where metrics are served.
   *
   * @default { host: '127.0.0.1', port: 9466 }
   * @example { host: '0.0.0.0' }
   */
  readonly metrics?: { readonly host?: string; readonly port?: number };
  /**
   * Directory that findings are recorded in, for the `findings` command.
   *
   * @default none: they are logged and counted
   * @example '/var/lib/agent-content'
   */
  readonly contentDir?: string;
  /**
   * Age at which what is in `contentDir` is deleted; `'0s'` keeps it. Where workers share the directory, give theirs.
   *
   * @default '30d'
   * @example '90d'
   */
  readonly contentRetention?: string;
}
