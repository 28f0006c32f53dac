import type { MetricKey } from '../../definitions/metrics';
import { labelled, MINUTE_SECONDS, shell } from '../alert';
import type { PromQl } from '../promql';
import type { RuleGroup } from '../rule';
import type { RuleConfig } from '../rule-config';

/** Whether what watches the agents works itself. */
export function pipelineRules(promQl: PromQl, { jobs }: RuleConfig): RuleGroup {
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
    // Of the worker at --worker-metrics, where it is said what mends each.
    command: `doctor --namespace ${shell(namespace)}`,
    variables: [namespace],
  };
  const byTaskQueue = (key: MetricKey) => `sum by (${namespace}, task_queue) (${promQl.metric(key)})`;
  const running = byTaskQueue('workersRunning');
  const failed = byTaskQueue('workersFailed');
  const pollers = promQl.coreByTaskQueue('num_pollers', worker);
  const onTaskQueue = `on (${namespace}, task_queue)`;
  const taskQueue = `Task queue ${labelled('task_queue')} of namespace ${labelled(namespace)}`;
  const ofTaskQueue = {
    ...base,
    command: `overdue --namespace ${shell(namespace)}`,
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
        description: `Namespace ${labelled(namespace)}, part ${labelled('part')}: {{ $value | humanize }} errors within 15 minutes. The log of the worker names each cause once; the command says what mends them, of the worker whose metrics it reads.`,
      },
      {
        ...ofNamespace,
        alert: 'TemporalAgentContentDropped',
        severity: 'warning',
        expr: `(sum by (${namespace}) (${recent('contentDropped')}) > 0) or (sum by (${namespace}) (${recent('contentFailed')}) > 0)`,
        forSeconds: 0,
        summary: 'Records or contents of model calls are lost',
        description: `Namespace ${labelled(namespace)}: {{ $value | humanize }} were given up or refused within 15 minutes. The disk is full, the store is away, or more is recorded than can be stored.`,
      },
      {
        ...ofTaskQueue,
        alert: 'TemporalAgentWorkerFailed',
        severity: 'warning',
        expr: `${failed} > 0`,
        // A process that ends with its worker is gone before.
        forSeconds: 2 * MINUTE_SECONDS,
        summary: 'A worker ended with an error and its process lives on',
        description: `${taskQueue}: {{ $value }} workers ended with an error and nothing restarts them while their processes run. Let the process exit when worker.run() ends; its log says what the error was.`,
      },
      {
        ...ofTaskQueue,
        alert: 'TemporalAgentWorkerWithoutPollers',
        severity: 'critical',
        expr: `((${running} > 0) and ${onTaskQueue} (${pollers} == 0)) or ((${failed} > 0) unless ${onTaskQueue} (${running} > 0) unless ${onTaskQueue} (${pollers} > 0))`,
        forSeconds: 5 * MINUTE_SECONDS,
        keepFiringSeconds: 5 * MINUTE_SECONDS,
        summary: 'Nobody polls a task queue whose workers drain or have failed',
        description: `${taskQueue}: its workers drain, or have ended with an error in processes that live on, and no other one polls. Its agents stand still.`,
      },
    ],
  };
}
