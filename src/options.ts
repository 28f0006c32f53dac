/**
 * Options of the plugin.
 *
 * @module
 */

import type { Logger } from '@temporalio/common';
import type { Registry } from 'prom-client';
import type { RedactFunction } from './content';
import type { AgentIdentity } from './definitions/agent-header';
import type { FindingId, Severity } from './definitions/findings';
import type { SearchAttributeName } from './definitions/search-attributes';
import type { Thresholds } from './definitions/thresholds';
import type { ExporterOptions } from './exporter/options/exporter-options';

export interface ContentOptions {
  /**
   * Directory that records and content go to. Made owner-only.
   *
   * @default './.agent-content'
   */
  readonly directory?: string;
  /**
   * `full`: inputs, outputs and metadata of every attempt; `metadata`: no inputs and outputs.
   *
   * @default 'full'
   */
  readonly capture?: 'full' | 'metadata';
  /**
   * Largest input or output that is stored, in bytes of JSON. A larger one leaves a record that says so.
   *
   * @default 16777216 (16 MiB)
   */
  readonly maxContentBytes?: number;
  /**
   * Size that the directory is kept below, in bytes; the oldest content goes first.
   *
   * @default 10737418240 (10 GiB)
   */
  readonly maxBytes?: number;
  /**
   * Age at which content and records are deleted, in days.
   *
   * @default 30
   */
  readonly retentionDays?: number;
}

export interface MetricsEndpointOptions {
  /**
   * Port of the `/metrics` endpoint; 0 takes a free one.
   *
   * @default 9465
   */
  readonly port?: number;
  /**
   * Address that the endpoint listens on.
   *
   * @default '127.0.0.1'
   */
  readonly host?: string;
}

export interface MetricsRegistryOptions {
  /** Your own prom-client registry: metrics are registered there, and you serve them. */
  readonly registry: Registry;
}

export interface SearchAttributeOptions {
  /**
   * Attributes to write; `AgentTaskType` always is one of them. The set is fixed when workflow code is bundled.
   *
   * @default all
   */
  readonly include?: readonly SearchAttributeName[];
  /**
   * `auto`: a worker adds missing attributes when it starts, where it may; `never`: it only checks.
   *
   * @default 'auto'
   */
  readonly register?: 'auto' | 'never';
}

export interface WorkflowFilterOptions {
  /**
   * Workflow types whose new runs may write search attributes.
   *
   * @default all
   */
  readonly include?: readonly string[];
  /**
   * Workflow types whose new runs write none. A workflow that never calls a model pays for being observed all the same:
   * two history events, and one for about every second activity or child that it runs. Name such workflows here.
   *
   * @default none
   */
  readonly exclude?: readonly string[];
}

/** Options of `AgentObservabilityPlugin`. Each has a default; an environment variable holds where code says nothing. */
export interface AgentObservabilityOptions {
  /**
   * `on`: observe. `drain`: new runs write no search attributes, runs that have begun to write go on; everything else
   * stays on. `off`: as `drain`, and no records, metrics and spans.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_MODE`.
   *
   * @default 'on'
   */
  readonly mode?: 'on' | 'drain' | 'off';
  /**
   * Where records and content go: a directory, more about it, or `off` for neither.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_CONTENT` (`off` or a directory).
   *
   * @default { directory: './.agent-content' }
   */
  readonly content?: 'off' | string | ContentOptions;
  /**
   * A function that runs after the default redaction of secrets, or `off` for no redaction at all. A redactor that
   * throws means that nothing is stored.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_REDACT` (`off` or `default`).
   *
   * @default the redaction of secrets alone
   */
  readonly redact?: 'off' | 'default' | RedactFunction;
  /**
   * Where metrics are served, your own registry, or `off`.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_METRICS` (`off`, `<port>` or `<host>:<port>`).
   *
   * @default { host: '127.0.0.1', port: 9465 }
   */
  readonly metrics?: 'off' | MetricsEndpointOptions | MetricsRegistryOptions;
  /**
   * Which search attributes are written, and whether the worker registers them.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_SEARCH_ATTRIBUTES` (names, separated by commas) and
   * `TEMPORAL_AGENT_OBSERVABILITY_REGISTER` (`auto` or `never`).
   */
  readonly searchAttributes?: SearchAttributeOptions;
  /**
   * Share of new runs that may write search attributes, from 0 to 1; stable by workflow id.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_ROLLOUT`.
   *
   * @default 1
   */
  readonly rollout?: number;
  /**
   * Workflow types that are observed. Concerns new runs only.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_WORKFLOWS_INCLUDE`, `TEMPORAL_AGENT_OBSERVABILITY_WORKFLOWS_EXCLUDE`
   * (workflow types, separated by commas).
   */
  readonly workflows?: WorkflowFilterOptions;
  /**
   * Task type by workflow type, where client and workflow name none.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_TASK_TYPE` (`<workflow type>=<task type>`, separated by commas).
   *
   * @default the workflow type
   */
  readonly taskType?: Readonly<Record<string, string>>;
  /**
   * Ids of tasks that clients with this plugin start, where `withAgentTask` names none.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_TASK_ID`, `TEMPORAL_AGENT_OBSERVABILITY_SESSION_ID`.
   *
   * @default none
   */
  readonly correlation?: Omit<AgentIdentity, 'taskType'>;
  /**
   * Whether tokens are estimated by a tokenizer where a response carries no usage. Estimates have counters of their own.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_ESTIMATE_TOKENS` (`true` or `false`).
   *
   * @default true
   */
  readonly estimateTokens?: boolean;
  /**
   * Another severity for a finding, or `off` to silence it. Workflow code can allow a finding for its own run instead:
   * `allow(id, reason)` of `temporal-agent-observability/workflow`.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_FINDINGS` (`<finding>=<severity or off>`, separated by commas).
   *
   * @default the severities of `docs/findings.md`
   * @example `{ 'child-abandoned': 'off', 'heartbeat-missing': 'critical' }`
   */
  readonly findings?: Readonly<Partial<Record<FindingId, Severity | 'off'>>>;
  /**
   * Figures by which findings are decided, see {@link Thresholds}; what is left out keeps its default. Those that
   * workflow code is measured by are fixed when it is bundled.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_THRESHOLDS` (`<threshold>=<number>`, separated by commas).
   *
   * @default see {@link Thresholds}
   * @example `{ iterationCap: { research: 300, default: 50 }, cancelIgnoredMs: 60_000 }`
   */
  readonly thresholds?: Readonly<Partial<Thresholds>>;
  /**
   * Whether the exporter runs inside this process too, on the worker's connection and namespace, and how it watches. Its
   * metrics go where the worker's go. Once for each namespace of a process; `docs/exporter.md` says what it sees.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_EXPORTER` (`true` or `false`), and those of {@link ExporterOptions}.
   *
   * @default false
   * @example `{ pollInterval: '1m', taskTypes: { research: { expected: '45m' } } }`
   */
  readonly exporter?: boolean | ExporterOptions;
  /**
   * Logger for what the plugin has to say.
   *
   * Environment: `TEMPORAL_AGENT_OBSERVABILITY_LOGGER` (`runtime` or `none`).
   *
   * @default the logger of Temporal's `Runtime`
   */
  readonly logger?: Logger;
}
