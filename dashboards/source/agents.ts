import { ALERTS, alertTable } from './alerts';
import type { DashboardSpec } from './dashboard';
import { agentsOfModel, ofRow, ofSeries, runningAgents, runsOfWorkflowType } from './links';
import { stat, table, timeseries } from './panels';
import { exported, growth, metric, quantile, rareQuantile, rate, sumBy, unitOf } from './queries';

const NO_EXPORTER = 'No exporter, or no agents yet';
const NONE_RUNS = 'No agent runs, or no exporter';
const NONE_OVERDUE = 'None is overdue, or nothing is expected of any task type yet';
const NONE_CLOSED = 'No task closed in this time, or no exporter is scraped';

/** The fleet: what runs, what is late, what it uses. */
export const AGENTS: DashboardSpec = {
  name: 'agents',
  title: 'Temporal agents / Agents',
  description: 'AI agents on Temporal: what runs, what is overdue, how far they are, what they use and what was found.',
  choices: ['task_type', 'model'],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Running',
          description: 'Agents that run now, as the namespace shows them.',
          unit: unitOf('workflowsRunning'),
          width: 4,
          queries: [{ expr: `sum(${exported('workflowsRunning')})`, legend: 'running' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Overdue',
          description:
            'Running agents whose task is older than expected of its type. `temporal-agent-observability overdue` lists them, and what each waits for.',
          unit: unitOf('workflowsOverdue'),
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${exported('workflowsOverdue')})`, legend: 'overdue' }],
          noValue: 'Nothing is expected yet',
        }),
        stat({
          title: 'Overdue approvals',
          description:
            'Agents whose most urgent approval is past its due time. `temporal-agent-observability approvals list --overdue` lists them.',
          unit: unitOf('approvalsOverdue'),
          width: 4,
          thresholds: { critical: 1 },
          queries: [{ expr: `sum(${exported('approvalsOverdue')})`, legend: 'overdue' }],
          noValue: NONE_RUNS,
        }),
        stat({
          title: 'Orphans',
          description:
            'Running child agents whose parent is closed. `temporal-agent-observability orphans` lists them, and can end them.',
          unit: unitOf('workflowsOrphaned'),
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${exported('workflowsOrphaned')})`, legend: 'orphans' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Cannot go on',
          description: 'Agents whose workflow task fails again and again, most often since a deploy.',
          unit: unitOf('workflowTasksFailing'),
          width: 4,
          thresholds: { critical: 1 },
          queries: [{ expr: `sum(${exported('workflowTasksFailing')})`, legend: 'failing' }],
          noValue: NONE_RUNS,
        }),
        stat({
          title: 'Findings',
          description:
            'Instances of failure patterns that were found in the time shown; the dashboard of the patterns says which, and what to do.',
          unit: unitOf('findings'),
          decimals: 0,
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${growth(metric('findings'), '$__range')})`, legend: 'findings' }],
          noValue: 'None',
        }),
        alertTable({
          names: ALERTS.map(({ alert }) => alert),
          about: ['task_type', 'workflow_type', 'finding', 'model'],
          width: 24,
          height: 6,
        }),
      ],
    },
    {
      title: 'Fleet',
      panels: [
        timeseries({
          title: 'Running by task type',
          description: 'Agents that run, by the kind of work that they do.',
          unit: unitOf('workflowsRunning'),
          width: 12,
          queries: [{ expr: exported('workflowsRunning'), legend: '{{temporal_namespace}} {{task_type}}' }],
          noValue: NO_EXPORTER,
          links: [runningAgents(ofSeries)],
        }),
        timeseries({
          title: 'Overdue by task type',
          description: 'Agents that are older than expected of their task type.',
          unit: unitOf('workflowsOverdue'),
          width: 12,
          thresholds: { warning: 1 },
          queries: [{ expr: exported('workflowsOverdue'), legend: '{{temporal_namespace}} {{task_type}}' }],
          noValue: NONE_OVERDUE,
          links: [runningAgents(ofSeries)],
        }),
        table({
          title: 'Expected age',
          description:
            'Age from which a task is overdue, by task type: configured, or derived from runs that completed (source).',
          unit: unitOf('workflowExpected'),
          width: 12,
          columns: ['temporal_namespace', 'task_type', 'source'],
          queries: [
            {
              expr: exported('workflowExpected', { by: ['temporal_namespace', 'task_type', 'source'] }),
              legend: 'expected',
            },
          ],
          noValue: 'Nothing is expected of any task type yet: too few runs completed, or no exporter is scraped',
          links: [runningAgents(ofRow)],
        }),
        table({
          title: 'Oldest overdue task',
          description: 'How long the oldest overdue task of each type runs.',
          unit: unitOf('workflowOldestOverdueStart'),
          width: 12,
          columns: ['temporal_namespace', 'task_type'],
          queries: [{ expr: `time() - ${exported('workflowOldestOverdueStart', { pick: 'min' })}`, legend: 'age' }],
          noValue: NONE_OVERDUE,
          links: [runningAgents(ofRow)],
        }),
      ],
    },
    {
      title: 'Tasks that closed',
      panels: [
        timeseries({
          title: 'Duration, 95th percentile',
          description: 'From start to end of tasks that closed, over a sample, by task type.',
          unit: unitOf('workflowDuration'),
          width: 8,
          queries: [{ expr: rareQuantile(0.95, 'workflowDuration', ['task_type']), legend: '{{task_type}}' }],
          noValue: NONE_CLOSED,
        }),
        timeseries({
          title: 'Iterations, 95th percentile',
          description: 'Model turns of a task when it closed, over a sample, by task type.',
          unit: unitOf('workflowIterations'),
          decimals: 0,
          width: 8,
          queries: [{ expr: rareQuantile(0.95, 'workflowIterations', ['task_type']), legend: '{{task_type}}' }],
          noValue: NONE_CLOSED,
        }),
        timeseries({
          title: 'Tokens, 95th percentile',
          description: 'Tokens of a task when it closed, input and output, over a sample, by task type.',
          unit: unitOf('workflowTokens'),
          width: 8,
          queries: [{ expr: rareQuantile(0.95, 'workflowTokens', ['task_type']), legend: '{{task_type}}' }],
          noValue: NONE_CLOSED,
        }),
      ],
    },
    {
      title: 'What they use',
      panels: [
        timeseries({
          title: 'Tokens per second',
          description: 'As providers report them; cached and reasoning tokens are part of these.',
          unit: unitOf('llmInputTokens'),
          width: 8,
          queries: [
            { expr: sumBy(['task_type'], rate(metric('llmInputTokens'))), legend: '{{task_type}} input' },
            { expr: sumBy(['task_type'], rate(metric('llmOutputTokens'))), legend: '{{task_type}} output' },
          ],
          noValue: 'No model call reported usage',
        }),
        timeseries({
          title: 'Cost per hour',
          description: 'Of models with a known price, by task type.',
          unit: unitOf('llmCost'),
          width: 8,
          queries: [{ expr: `${sumBy(['task_type'], rate(metric('llmCost')))} * 3600`, legend: '{{task_type}}' }],
          noValue: 'No call of a model with a known price',
        }),
        timeseries({
          title: 'Model calls per second',
          description: 'One per attempt of an activity, by model; the dashboard of the models says more.',
          unit: 'cps',
          width: 8,
          queries: [
            {
              expr: sumBy(['temporal_namespace', 'model'], rate(metric('llmCallDuration', [], '_count'))),
              legend: '{{temporal_namespace}} {{model}}',
            },
          ],
          noValue: 'No model was called',
          links: [agentsOfModel(ofSeries)],
        }),
        timeseries({
          title: 'Tool calls per second',
          description: 'One per attempt of an activity, by tool and outcome.',
          unit: 'cps',
          width: 12,
          queries: [
            {
              expr: sumBy(['tool', 'outcome'], rate(metric('toolCallDuration', [], '_count'))),
              legend: '{{tool}} {{outcome}}',
            },
          ],
          noValue: 'No tool was called',
        }),
        timeseries({
          title: 'Tool calls, 95th percentile',
          description: 'Duration of tool calls, one per attempt of an activity, by tool.',
          unit: unitOf('toolCallDuration'),
          width: 12,
          queries: [{ expr: quantile(0.95, 'toolCallDuration', ['tool']), legend: '{{tool}}', exemplars: true }],
          noValue: 'No tool was called',
        }),
        timeseries({
          title: 'Findings',
          description:
            'Instances of failure patterns, by finding and type of workflow. `temporal-agent-observability findings --since 1h` lists the runs.',
          unit: unitOf('findings'),
          width: 24,
          queries: [
            {
              expr: sumBy(['temporal_namespace', 'finding', 'workflow_type'], growth(metric('findings'))),
              legend: '{{temporal_namespace}} {{finding}} {{workflow_type}}',
            },
          ],
          noValue: 'Nothing was found',
          links: [runsOfWorkflowType(ofSeries)],
        }),
      ],
    },
  ],
};
