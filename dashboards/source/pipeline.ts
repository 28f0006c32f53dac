import { alertsOfDashboard, alertTable } from './alerts';
import type { DashboardSpec } from './dashboard';
import { namespaceInTemporal, ofRow, ofSeries } from './links';
import { stat, table, timeseries } from './panels';
import { growth, increase, metric, rareQuantile, rate, sumBy, unitOf } from './queries';

const NO_WORKER = 'No worker is scraped';
const NO_EXPORTER = 'No exporter is scraped';

const LAST_SUCCESS = `time() - max by (temporal_namespace) (${metric('exporterLastSuccess')})`;
const INTERVAL = `max by (temporal_namespace) (${metric('exporterPollInterval')})`;

/** Whether what watches the agents works itself. */
export const PIPELINE: DashboardSpec = {
  name: 'pipeline',
  title: 'Temporal agents / Pipeline health',
  description:
    'Whether what watches the agents works itself: targets, the plugin in the workers, its content store, the exporter. Agents are not affected where it does not.',
  choices: [],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Targets that do not answer',
          description: 'Of the jobs chosen. What they would say is missing from all dashboards.',
          unit: 'short',
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: 'count(up{job=~"$job"} == 0) or 0 * count(up{job=~"$job"})', legend: 'targets' }],
          noValue: 'No targets',
        }),
        stat({
          title: 'Last poll that succeeded',
          description:
            'Age of what the exporter of the namespace that is furthest behind shows. /readyz of the exporter says why it grows.',
          unit: unitOf('exporterLastSuccess'),
          width: 4,
          thresholds: { warning: 120, critical: 300 },
          queries: [{ expr: `max(${LAST_SUCCESS})`, legend: 'age' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Errors of the observer',
          description: 'Errors of the plugin and the exporter in the time shown; the log names each cause once.',
          unit: unitOf('observerErrors'),
          decimals: 0,
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${increase(metric('observerErrors'), '$__range')})`, legend: 'errors' }],
          noValue: 'No targets',
        }),
        stat({
          title: 'Contents lost',
          description: 'Records and contents in the time shown that were given up, or that the store did not take.',
          unit: unitOf('contentDropped'),
          decimals: 0,
          width: 4,
          thresholds: { warning: 1 },
          queries: [
            {
              expr: `sum(${increase(metric('contentDropped'), '$__range')}) + sum(${increase(metric('contentFailed'), '$__range')})`,
              legend: 'contents',
            },
          ],
          noValue: NO_WORKER,
        }),
        stat({
          title: 'Task queues without attributes',
          description:
            'Task queues of which a worker lets no new run write search attributes: its agents cannot be found in Temporal, and the exporter does not see them.',
          unit: 'short',
          width: 4,
          thresholds: { warning: 1 },
          queries: [
            {
              expr: `count(${attributesEnabled()} == 0) or 0 * count(${metric('searchAttributesEnabled')})`,
              legend: 'task queues',
            },
          ],
          noValue: NO_WORKER,
        }),
        stat({
          title: 'Versions in use',
          description:
            'Different versions of this package that are scraped; more than one while a deploy is under way.',
          unit: 'short',
          width: 4,
          queries: [{ expr: `count(count by (version) (${metric('buildInfo')}))`, legend: 'versions' }],
          noValue: 'No targets',
        }),
        alertTable({
          names: alertsOfDashboard('pipeline'),
          about: ['part', 'task_queue', 'job'],
          width: 24,
          height: 5,
        }),
      ],
    },
    {
      title: 'Targets',
      panels: [
        table({
          title: 'Targets',
          description: 'What Prometheus scrapes of the jobs chosen, and whether it answers.',
          unit: 'short',
          width: 12,
          columns: ['job', 'instance'],
          queries: [{ expr: 'max by (job, instance) (up{job=~"$job"})', legend: 'answers' }],
          words: {
            column: 'answers',
            values: { '0': { text: 'no', color: 'red' }, '1': { text: 'yes', color: 'green' } },
          },
          noValue: 'Prometheus has no target of these jobs',
        }),
        table({
          title: 'Versions',
          description: 'Which versions of this package and of the Temporal SDK are in use, and on how many targets.',
          unit: 'short',
          width: 12,
          columns: ['job', 'temporal_namespace', 'version', 'temporal_sdk_version'],
          queries: [
            {
              expr: `count by (job, temporal_namespace, version, temporal_sdk_version) (${metric('buildInfo')})`,
              legend: 'targets',
            },
          ],
          noValue: 'No worker and no exporter is scraped',
        }),
      ],
    },
    {
      title: 'Plugin',
      panels: [
        timeseries({
          title: 'Workers',
          description:
            'Workers that run, by task queue, and those that ended with an error in a process that lives on: nothing starts another one there.',
          unit: unitOf('workersRunning'),
          decimals: 0,
          width: 24,
          queries: [
            { expr: byTaskQueue('workersRunning'), legend: '{{temporal_namespace}} {{task_queue}}' },
            { expr: `${byTaskQueue('workersFailed')} > 0`, legend: '{{temporal_namespace}} {{task_queue}} failed' },
          ],
          noValue: NO_WORKER,
          links: [namespaceInTemporal(ofSeries)],
        }),
        timeseries({
          title: 'Errors of the observer by part',
          description: 'Errors of our own; the agents are not affected. The log of the worker names each cause once.',
          unit: unitOf('observerErrors'),
          width: 8,
          thresholds: { warning: 1 },
          queries: [{ expr: `${sumBy(['part'], increase(metric('observerErrors')))} > 0`, legend: '{{part}}' }],
          noValue: 'No errors',
        }),
        timeseries({
          title: 'Contents stored and lost',
          description:
            'Contents per second: written to the store, refused by it, and given up together with records because a bound was reached. Refused or dropped: the disk is full, the store is away, or a bound is too low.',
          unit: 'cps',
          width: 8,
          queries: [
            { expr: `sum(${rate(metric('contentWritten'))})`, legend: 'written' },
            { expr: `sum(${rate(metric('contentFailed'))})`, legend: 'failed' },
            { expr: `sum(${rate(metric('contentDropped'))})`, legend: 'dropped' },
          ],
          noValue: NO_WORKER,
        }),
        timeseries({
          title: 'Content that waits to be stored',
          description: 'Bytes in the spool, of the worker with the most. It grows while the store is slow or away.',
          unit: unitOf('contentSpoolBytes'),
          width: 8,
          queries: [
            { expr: `max by (temporal_namespace) (${metric('contentSpoolBytes')})`, legend: '{{temporal_namespace}}' },
          ],
          noValue: 'No worker records content',
        }),
        timeseries({
          title: 'Search attributes',
          description:
            'Whether new runs of a task queue may write search attributes: 1 where all of its workers let them, 0 where one does not. `temporal-agent-observability setup` registers what is missing.',
          unit: unitOf('searchAttributesEnabled'),
          max: 1,
          width: 8,
          queries: [{ expr: attributesEnabled(), legend: '{{temporal_namespace}} {{task_queue}}' }],
          noValue: NO_WORKER,
          links: [namespaceInTemporal(ofSeries)],
        }),
        timeseries({
          title: 'Label values folded into "other"',
          description:
            'By metric. A label has more values than metrics should: task types or tool names that hold ids, most often.',
          unit: unitOf('seriesOverflow'),
          width: 8,
          thresholds: { warning: 1 },
          queries: [{ expr: `${sumBy(['metric'], growth(metric('seriesOverflow')))} > 0`, legend: '{{metric}}' }],
          noValue: 'No label has reached its cap',
        }),
        timeseries({
          title: 'Transforms',
          description:
            'Whether the workers of a task queue register a transform: 1 where all do, 0 where one does not, so that runs which ask for it fail or use their fallback there.',
          unit: unitOf('transformsRegistered'),
          max: 1,
          width: 8,
          queries: [
            {
              expr: `min by (temporal_namespace, task_queue, transform) (${metric('transformsRegistered')})`,
              legend: '{{temporal_namespace}} {{task_queue}} {{transform}}',
            },
          ],
          noValue: 'No worker has run a workflow with transforms',
          links: [namespaceInTemporal(ofSeries)],
        }),
      ],
    },
    {
      title: 'Exporter',
      panels: [
        timeseries({
          title: 'Age of the last poll that succeeded',
          description: 'By namespace; all gauges of the exporter are as of then. It should stay near the interval.',
          unit: unitOf('exporterLastSuccess'),
          width: 8,
          thresholds: { critical: 300 },
          queries: [{ expr: LAST_SUCCESS, legend: '{{temporal_namespace}}' }],
          noValue: NO_EXPORTER,
        }),
        timeseries({
          title: 'Duration of polls against their interval',
          description:
            'The interval is longer than configured where the requests would not fit into it: more task types, more requests.',
          unit: unitOf('exporterPollDuration'),
          width: 8,
          queries: [
            {
              expr: rareQuantile(0.95, 'exporterPollDuration', ['temporal_namespace']),
              legend: '{{temporal_namespace}} duration, 95th percentile',
            },
            { expr: INTERVAL, legend: '{{temporal_namespace}} interval' },
          ],
          noValue: NO_EXPORTER,
        }),
        timeseries({
          title: 'Polls per minute',
          description: 'By namespace, of all replicas together.',
          unit: 'cpm',
          width: 8,
          queries: [
            {
              expr: `${sumBy(['temporal_namespace'], rate(metric('exporterPollDuration', [], '_count')))} * 60`,
              legend: '{{temporal_namespace}}',
            },
          ],
          noValue: NO_EXPORTER,
        }),
        timeseries({
          title: 'Requests to Temporal per second',
          description: "By what they are for. Temporal's limit for visibility is 10 a second and namespace by default.",
          unit: 'reqps',
          width: 12,
          queries: [{ expr: sumBy(['query'], rate(metric('exporterRequests'))), legend: '{{query}}' }],
          noValue: NO_EXPORTER,
        }),
        timeseries({
          title: 'Requests that failed',
          description: 'By what they are for. The gauges that they would set stay as they were.',
          unit: unitOf('exporterErrors'),
          width: 12,
          thresholds: { warning: 1 },
          queries: [{ expr: `${sumBy(['query'], increase(metric('exporterErrors')))} > 0`, legend: '{{query}}' }],
          noValue: 'No request failed',
        }),
        table({
          title: 'Namespaces',
          description: 'What is watched, and as of when.',
          unit: unitOf('exporterLastSuccess'),
          width: 24,
          height: 5,
          columns: ['temporal_namespace'],
          queries: [
            { expr: LAST_SUCCESS, legend: 'last success' },
            { expr: INTERVAL, legend: 'interval' },
          ],
          noValue: NO_EXPORTER,
          links: [namespaceInTemporal(ofRow)],
        }),
      ],
    },
  ],
};

function byTaskQueue(key: 'workersRunning' | 'workersFailed'): string {
  return sumBy(['temporal_namespace', 'task_queue'], metric(key));
}

/** 1 where every worker of the task queue lets new runs write. */
function attributesEnabled(): string {
  return `min by (temporal_namespace, task_queue) (${metric('searchAttributesEnabled')})`;
}
