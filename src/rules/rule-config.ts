/**
 * What the rules are made for: thresholds, labels, jobs, links.
 *
 * @module
 */

import type { LLM_ERROR_TYPES } from '../llm/types';

/** What a task type may use. */
export interface Budget {
  /** Tokens per hour; infinite for no budget. */
  readonly tokensPerHour: number;
  /** US dollars per hour; infinite for no budget. */
  readonly costPerHourUsd: number;
}

/** Budgets are those of every task type that has none of its own. */
export interface AlertThresholds extends Budget {
  /** Share of model calls that fail, from 0 to 1. */
  readonly modelErrorRatio: number;
  /** Share of model responses that are refused or filtered, from 0 to 1. */
  readonly modelRefusalRatio: number;
  /** Model calls in the window below which a share says nothing. */
  readonly minimumModelCalls: number;
  /** 95th percentile of a model call's duration, in seconds. */
  readonly modelLatencySeconds: number;
  /** Rate-limited model calls in the window. */
  readonly rateLimitedCalls: number;
  /** Budgets of their own, by task type. */
  readonly taskTypes: ReadonlyMap<string, Partial<Budget>>;
}

export interface RuleConfig {
  /** Matchers that every selector has, for example `cluster="prod"`. */
  readonly selector: string;
  /** Scrape jobs, as regular expressions. */
  readonly jobs: { readonly worker: string; readonly exporter: string };
  /** Names of our labels, where relabelling changed them. */
  readonly labels: { readonly taskType: string; readonly namespace: string };
  readonly core: {
    /** Prefix of the Core SDK's metrics. */
    readonly prefix: string;
    /** Name of their namespace label. */
    readonly namespace: string;
  };
  readonly urls: {
    /** Folder of the runbooks. */
    readonly runbooks: string;
    /** Base of Grafana; dashboards are linked relative to it. */
    readonly grafana: string;
    /** Base of Temporal's UI, which dashboards link to. */
    readonly temporalUi: string;
  };
  readonly thresholds: AlertThresholds;
  /** Every duration is divided by it, for rehearsals; 1 in production. */
  readonly timeScale: number;
}

export const DEFAULT_RULE_CONFIG: RuleConfig = {
  selector: '',
  jobs: { worker: 'temporal-agent-worker', exporter: 'temporal-agent-exporter' },
  labels: { taskType: 'task_type', namespace: 'temporal_namespace' },
  core: { prefix: 'temporal_', namespace: 'namespace' },
  urls: {
    // Where every published version of a package can be read.
    runbooks: 'https://unpkg.com/temporal-agent-observability/alerts/runbooks',
    grafana: '',
    temporalUi: 'http://localhost:8233',
  },
  thresholds: {
    modelErrorRatio: 0.2,
    modelRefusalRatio: 0.1,
    minimumModelCalls: 20,
    modelLatencySeconds: 120,
    rateLimitedCalls: 10,
    tokensPerHour: Number.POSITIVE_INFINITY,
    costPerHourUsd: Number.POSITIVE_INFINITY,
    taskTypes: new Map(),
  },
  timeScale: 1,
};

/** Errors that a provider answers while it has too much to do. */
export const OVERLOAD_ERRORS = [
  'rate_limited',
  'overloaded',
] as const satisfies readonly (typeof LLM_ERROR_TYPES)[number][];
