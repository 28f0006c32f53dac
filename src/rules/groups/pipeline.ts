import { labelled, MINUTE_SECONDS } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';
import type { RuleConfig } from '../rule-config';

const DOCTOR = 'doctor';

/** Whether what watches the agents works itself. */
export function pipelineRules(promQl: PromQl, { jobs, core }: RuleConfig): RuleGroup {
  const { namespace } = promQl;
  const exporter = `job=~"${jobs.exporter}"`;
  const worker = `job=~"${jobs.worker}"`;
  const since = (key: 'exporterLastSuccess') => `time() - max by (${namespace}) (${promQl.metric(key)})`;
  const interval = `max by (${namespace}) (${promQl.metric('exporterPollInterval')})`;
  const base = { command: DOCTOR, dashboard: 'pipeline', keepFiringSeconds: 0 } as const;
  return {
    name: 'temporal-agent-pipeline',
    rules: [
      {
        ...base,
        alert: 'TemporalAgentExporterAbsent',
        severity: 'critical',
        expr: `absent(${promQl.scraped(exporter)})`,
        forSeconds: 5 * MINUTE_SECONDS,
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
        summary: 'The exporter cannot be scraped: stuck agents and approvals are not seen',
        description: `No target of job ${labelled('job')} answers. See whether the exporter runs, and where it serves its metrics.`,
        variables: [],
      },
      {
        ...base,
        alert: 'TemporalAgentExporterStale',
        severity: 'critical',
        expr: `${since('exporterLastSuccess')} > on (${namespace}) clamp_min(5 * ${interval}, ${promQl.seconds(300)})`,
        forSeconds: MINUTE_SECONDS,
        summary: 'The exporter runs and cannot ask Temporal: its figures are old',
        description: `Namespace ${labelled(namespace)}: the last poll that succeeded was {{ $value | humanizeDuration }} ago. /readyz of the exporter says why.`,
        variables: [namespace],
      },
      {
        ...base,
        alert: 'TemporalAgentObserverErrors',
        severity: 'warning',
        expr: `sum by (${namespace}, part) (${promQl.grew(promQl.metric('observerErrors'), 15 * MINUTE_SECONDS)}) > 0`,
        forSeconds: 0,
        summary: 'The observer has errors of its own; agents are not affected',
        description: `Namespace ${labelled(namespace)}, part ${labelled('part')}: {{ $value | humanize }} errors within 15 minutes. The log of the worker names each cause once.`,
        variables: [namespace],
      },
      {
        ...base,
        alert: 'TemporalAgentContentDropped',
        severity: 'warning',
        expr: `sum by (${namespace}) (${promQl.grew(promQl.metric('contentDropped'), 15 * MINUTE_SECONDS)} or ${promQl.grew(promQl.metric('contentFailed'), 15 * MINUTE_SECONDS)}) > 0`,
        forSeconds: 0,
        summary: 'Records or contents of model calls are lost',
        description: `Namespace ${labelled(namespace)}: {{ $value | humanize }} were given up or refused within 15 minutes. The disk is full, the store is away, or a bound is too low.`,
        variables: [namespace],
      },
      {
        ...base,
        alert: 'TemporalAgentWorkerWithoutPollers',
        severity: 'critical',
        expr: `sum by (${core.namespace}, task_queue) (${promQl.core('num_pollers', worker)}) == 0`,
        forSeconds: 5 * MINUTE_SECONDS,
        summary: 'Workers run and poll for nothing',
        description: `Task queue ${labelled('task_queue')} of namespace ${labelled(core.namespace)} has workers without a poller: its agents stand still.`,
        variables: [],
      },
    ],
  };
}
