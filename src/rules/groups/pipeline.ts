import type { MetricKey } from '../../definitions/metrics';
import { labelled, MINUTE_SECONDS, shell } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';
import type { RuleConfig } from '../rule-config';

/** Whether what watches the agents works itself. */
export function pipelineRules(promQl: PromQl, { jobs, core }: RuleConfig): RuleGroup {
  const { namespace } = promQl;
  const exporter = `job=~"${jobs.exporter}"`;
  const worker = `job=~"${jobs.worker}"`;
  const interval = `max by (${namespace}) (${promQl.metric('exporterPollInterval')})`;
  // An exporter that has never succeeded counts as one whose last success was at the beginning of time.
  const success = `(max by (${namespace}) (${promQl.metric('exporterLastSuccess')}) or 0 * ${interval})`;
  const recent = (key: MetricKey) => promQl.grew(promQl.metric(key), 15 * MINUTE_SECONDS);
  const base = { dashboard: 'pipeline', keepFiringSeconds: 0 } as const;
  const ofNamespace = {
    ...base,
    command: `findings --namespace ${shell(namespace)} --since 1h`,
    variables: [namespace],
  };
  return {
    name: 'temporal-agent-pipeline',
    rules: [
      {
        ...base,
        alert: 'TemporalAgentExporterAbsent',
        severity: 'critical',
        // One inside a worker has no job of its own.
        expr: `absent(${promQl.scraped(exporter)}) unless on () (count(${promQl.metric('exporterPollInterval')}) > 0)`,
        forSeconds: 5 * MINUTE_SECONDS,
        command: 'exporter --check',
        summary: 'No exporter is scraped: stuck agents and approvals are not seen',
        description: `Prometheus has no target with ${exporter}. Start the exporter, or set jobs.exporter of \`render\` to the name of its job.`,
        variables: [],
      },
      {
        ...base,
        alert: 'TemporalAgentExporterDown',
        severity: 'critical',
        expr: `max by (job) (${promQl.scraped(exporter)}) == 0`,
        forSeconds: 5 * MINUTE_SECONDS,
        command: 'exporter --check',
        summary: 'The exporter cannot be scraped: stuck agents and approvals are not seen',
        description: `No target of job ${labelled('job')} answers. See whether the exporter runs, and where it serves its metrics.`,
        variables: [],
      },
      {
        ...base,
        alert: 'TemporalAgentExporterStale',
        severity: 'critical',
        expr: `time() - ${success} > on (${namespace}) clamp_min(5 * ${interval}, ${promQl.seconds(300)})`,
        forSeconds: 3 * MINUTE_SECONDS,
        keepFiringSeconds: 2 * MINUTE_SECONDS,
        command: `exporter --once --namespace ${shell(namespace)}`,
        summary: 'The exporter runs and cannot ask Temporal: its figures are old',
        description: `Namespace ${labelled(namespace)}: {{ if gt $value 1e9 }}no poll has succeeded yet{{ else }}the last poll that succeeded was {{ $value | humanizeDuration }} ago{{ end }}. /readyz of the exporter says why.`,
        variables: [namespace],
      },
      {
        ...ofNamespace,
        alert: 'TemporalAgentObserverErrors',
        severity: 'warning',
        expr: `sum by (${namespace}, part) (${recent('observerErrors')}) > 0`,
        forSeconds: 0,
        summary: 'The observer has errors of its own; agents are not affected',
        description: `Namespace ${labelled(namespace)}, part ${labelled('part')}: {{ $value | humanize }} errors within 15 minutes. The log of the worker names each cause once.`,
      },
      {
        ...ofNamespace,
        alert: 'TemporalAgentContentDropped',
        severity: 'warning',
        expr: `(sum by (${namespace}) (${recent('contentDropped')}) > 0) or (sum by (${namespace}) (${recent('contentFailed')}) > 0)`,
        forSeconds: 0,
        summary: 'Records or contents of model calls are lost',
        description: `Namespace ${labelled(namespace)}: {{ $value | humanize }} were given up or refused within 15 minutes. The disk is full, the store is away, or a bound is too low.`,
      },
      {
        ...base,
        alert: 'TemporalAgentWorkerWithoutPollers',
        severity: 'critical',
        expr: `sum by (${core.namespace}, task_queue) (${promQl.core('num_pollers', worker)}) == 0`,
        forSeconds: 5 * MINUTE_SECONDS,
        command: `overdue --namespace ${shell(core.namespace)}`,
        summary: 'Workers run and poll for nothing',
        description: `Task queue ${labelled('task_queue')} of namespace ${labelled(core.namespace)} has workers without a poller: its agents stand still.`,
        variables: [],
      },
    ],
  };
}
