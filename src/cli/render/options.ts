/**
 * The options of `render`. Checks, the JSON schema and the table in the docs are made from this.
 *
 * @module
 */

import { formatDuration } from '../../definitions/duration';
import type { OptionTable } from '../../exporter/options/definitions';
import { duration, positiveNumber, textOf, wholeNumber } from '../../exporter/options/kinds';
import { DEFAULT_RULE_CONFIG as DEFAULTS } from '../../rules/rule-config';

const { thresholds, labels, jobs, core, urls } = DEFAULTS;

const LABEL = textOf('name of a label', '^[a-zA-Z_][a-zA-Z0-9_]*$');
/** What stands between the quotes of a matcher. */
const QUOTED = '[^"\\\\\\n{}]+';
const JOB = textOf('name of a job, or a regular expression for several', `^${QUOTED}$`);
const MATCHER = `[a-zA-Z_][a-zA-Z0-9_]*(=|!=|=~|!~)"${QUOTED}"`;
const URL_KIND = textOf('URL', '^https?://[^\\s{}"]+$');
const KUBERNETES_NAME = textOf('name in Kubernetes', '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$');
const KUBERNETES_LABEL = textOf('value of a label in Kubernetes', '^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,61}[a-zA-Z0-9])?$');

export const RENDER_OPTIONS = {
  'thresholds.modelErrorRatio': {
    kind: positiveNumber(1),
    description: 'Share of model calls that fail, over which an alert fires.',
    fallback: thresholds.modelErrorRatio,
    example: 0.05,
  },
  'thresholds.modelRefusalRatio': {
    kind: positiveNumber(1),
    description: 'Share of model calls that are refused or filtered, over which an alert fires.',
    fallback: thresholds.modelRefusalRatio,
    example: 0.02,
  },
  'thresholds.minimumModelCalls': {
    kind: wholeNumber({ min: 1, max: 1_000_000 }),
    description:
      'Model calls of a task type at a provider, or of a model, in 10 minutes below which they are too few to judge by.',
    fallback: thresholds.minimumModelCalls,
    example: 50,
  },
  'thresholds.modelLatency': {
    kind: duration(),
    description: "95th percentile of a model call's duration, over which an alert fires.",
    fallback: formatDuration(thresholds.modelLatencySeconds * 1000),
    example: '30s',
  },
  'thresholds.rateLimitedCalls': {
    kind: wholeNumber({ min: 0, max: 1_000_000 }),
    description: 'Calls of a model in 10 minutes that are refused for their rate, over which an alert fires.',
    fallback: thresholds.rateLimitedCalls,
    example: 50,
  },
  'thresholds.tokensPerHour': {
    kind: wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    description: 'Tokens that a task type may use in an hour; left out, there is no alert on it.',
    example: 5_000_000,
  },
  'thresholds.costPerHourUsd': {
    kind: positiveNumber(1_000_000_000),
    description: 'US dollars that a task type may cost in an hour; left out, there is no alert on it.',
    example: 25,
  },
  'thresholds.taskTypes.*.tokensPerHour': {
    kind: wholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    description: 'Tokens that this task type may use in an hour, in place of `thresholds.tokensPerHour`.',
    example: 20_000_000,
  },
  'thresholds.taskTypes.*.costPerHourUsd': {
    kind: positiveNumber(1_000_000_000),
    description: 'US dollars that this task type may cost in an hour, in place of `thresholds.costPerHourUsd`.',
    example: 100,
  },
  selector: {
    kind: textOf('matchers such as cluster="prod"', `^${MATCHER}(, *${MATCHER})*$`),
    description: 'Matchers that every selector of rules and dashboards has.',
    example: 'cluster="prod"',
  },
  'jobs.worker': {
    kind: JOB,
    description: 'Scrape job of the workers.',
    fallback: jobs.worker,
    example: 'agents',
  },
  'jobs.exporter': {
    kind: JOB,
    description: 'Scrape job of the exporter.',
    fallback: jobs.exporter,
    example: 'monitoring/agent-exporter',
  },
  'labels.taskType': {
    kind: LABEL,
    description: 'Label of the task type, where relabelling changed it.',
    fallback: labels.taskType,
    example: 'agent_type',
  },
  'labels.namespace': {
    kind: LABEL,
    description: 'Label of the Temporal namespace, where relabelling changed it.',
    fallback: labels.namespace,
    example: 'exported_temporal_namespace',
  },
  'core.prefix': {
    kind: textOf('prefix of a metric', '^[a-zA-Z_:][a-zA-Z0-9_:]*$'),
    description: "Prefix of the Core SDK's metrics: `metricPrefix` of the Runtime.",
    fallback: core.prefix,
    example: 'acme_temporal_',
  },
  'core.namespaceLabel': {
    kind: LABEL,
    description: "Label of the Temporal namespace in the Core SDK's metrics; Kubernetes makes it `exported_namespace`.",
    fallback: core.namespace,
    example: 'exported_namespace',
  },
  'urls.runbooks': {
    kind: URL_KIND,
    description: 'Folder that the runbooks are linked in.',
    fallback: urls.runbooks,
    example: 'https://wiki.example.com/runbooks',
  },
  'urls.grafana': {
    kind: URL_KIND,
    description: 'Base of Grafana; left out, links to dashboards are relative.',
    example: 'https://grafana.example.com',
  },
  'urls.temporalUi': {
    kind: URL_KIND,
    description: "Base of Temporal's UI, which dashboards link to.",
    fallback: urls.temporalUi,
    example: 'https://cloud.temporal.io',
  },
  'kubernetes.namespace': {
    kind: KUBERNETES_NAME,
    description: 'Namespace of the manifests; left out, that of the command which applies them.',
    example: 'monitoring',
  },
  'kubernetes.labels.*': {
    kind: KUBERNETES_LABEL,
    description: "Labels of the manifests, for the selectors of Prometheus' operator and of Grafana's sidecar.",
    example: 'kube-prometheus-stack',
  },
  'kubernetes.workerService': {
    kind: KUBERNETES_LABEL,
    description: "Label app.kubernetes.io/name of the workers' Service.",
    fallback: 'agent-worker',
    example: 'research-worker',
  },
  'kubernetes.exporterService': {
    kind: KUBERNETES_LABEL,
    description: "Label app.kubernetes.io/name of the exporter's Service.",
    fallback: 'agent-exporter',
    example: 'temporal-agent-exporter',
  },
  'kubernetes.port': {
    kind: KUBERNETES_NAME,
    description: 'Name of the port of these Services that serves metrics.',
    fallback: 'metrics',
    example: 'http-metrics',
  },
  'kubernetes.corePort': {
    kind: KUBERNETES_NAME,
    description:
      "Name of the port of the workers' Service that serves the metrics of Temporal's Core, where it has one.",
    fallback: 'core-metrics',
    example: 'temporal-metrics',
  },
  'kubernetes.serviceNamespace': {
    kind: KUBERNETES_NAME,
    description: 'Namespace of these Services; left out, that of the manifests.',
    example: 'agents',
  },
} as const satisfies OptionTable;

export type RenderOption = keyof typeof RENDER_OPTIONS;

/** Descriptions of the objects that options are grouped in. */
export const RENDER_GROUPS: Readonly<Record<string, string>> = {
  thresholds: 'Figures at which alerts fire.',
  taskTypes: 'Budgets by task type, for those that may use more, or shall use less, than others.',
  jobs: 'How Prometheus calls what it scrapes.',
  labels: 'How labels of the metrics are called.',
  core: "Metrics of Temporal's Core SDK.",
  urls: 'Where links lead to.',
  kubernetes: 'Manifests of the formats prometheus-operator and grafana-sidecar.',
};
