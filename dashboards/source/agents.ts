import { type DashboardSpec, temporalUiQuery } from './dashboard';
import { stat, table, timeseries } from './panels';
import { exported, increase, metric, quantile, rate } from './queries';

const NO_EXPORTER = 'No data: no exporter is scraped, or no agent has run yet';
const NONE_OVERDUE = 'None overdue, or nothing is expected of any task type yet';

/** The fleet: what runs, what is late, what it uses. */
export const AGENTS: DashboardSpec = {
  name: 'agents',
  title: 'Temporal agents / Agents',
  description: 'AI agents on Temporal: what runs, what is overdue, how far they are, what they use and what was found.',
  models: true,
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Running',
          description: 'Agents that run now, as the namespace shows them.',
          unit: 'short',
          width: 4,
          queries: [{ expr: `sum(${exported('workflowsRunning')})`, legend: 'running' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Overdue',
          description: 'Running agents whose task is older than expected of its type.',
          unit: 'short',
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${exported('workflowsOverdue')})`, legend: 'overdue' }],
          noValue: NONE_OVERDUE,
        }),
        stat({
          title: 'Overdue approvals',
          description: 'Agents whose most urgent approval is past its due time.',
          unit: 'short',
          width: 4,
          thresholds: { critical: 1 },
          queries: [{ expr: `sum(${exported('approvalsOverdue')})`, legend: 'overdue' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Orphans',
          description: 'Running child agents whose parent is closed.',
          unit: 'short',
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${exported('workflowsOrphaned')})`, legend: 'orphans' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Cannot go on',
          description: 'Agents whose workflow task fails again and again.',
          unit: 'short',
          width: 4,
          thresholds: { critical: 1 },
          queries: [{ expr: `sum(${exported('workflowTasksFailing')})`, legend: 'failing' }],
          noValue: NO_EXPORTER,
        }),
        stat({
          title: 'Findings in the last hour',
          description: 'Instances of failure patterns; see the dashboard of the patterns.',
          unit: 'short',
          width: 4,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(increase(${metric('findings')}[1h]))`, legend: 'findings' }],
          noValue: 'Nothing was found',
        }),
      ],
    },
    {
      title: 'Fleet',
      panels: [
        timeseries({
          title: 'Running by task type',
          description: 'Agents that run, by the kind of work that they do.',
          unit: 'short',
          width: 12,
          queries: [{ expr: exported('workflowsRunning'), legend: '{{task_type}}' }],
          noValue: NO_EXPORTER,
          links: [
            {
              title: 'In Temporal',
              url: temporalUiQuery("ExecutionStatus = 'Running' AND AgentTaskType = '${__field.labels.task_type}'"),
            },
          ],
        }),
        timeseries({
          title: 'Overdue by task type',
          description: 'Agents that are older than expected of their task type.',
          unit: 'short',
          width: 12,
          thresholds: { warning: 1 },
          queries: [{ expr: exported('workflowsOverdue'), legend: '{{task_type}}' }],
          noValue: NONE_OVERDUE,
        }),
        table({
          title: 'Expected age',
          description:
            'Age from which a task is overdue, by task type: configured, or derived from runs that completed.',
          unit: 's',
          width: 12,
          queries: [
            { expr: exported('workflowExpected', ['temporal_namespace', 'task_type', 'source']), legend: 'expected' },
          ],
          noValue: 'Nothing is expected of any task type yet: too few runs completed',
        }),
        table({
          title: 'Oldest overdue task',
          description: 'How long the oldest overdue task of each type runs.',
          unit: 's',
          width: 12,
          queries: [
            {
              expr: `time() - min by (temporal_namespace, task_type) (${metric('workflowOldestOverdueStart')})`,
              legend: 'age',
            },
          ],
          noValue: NONE_OVERDUE,
        }),
      ],
    },
    {
      title: 'Tasks that closed',
      panels: [
        timeseries({
          title: 'Duration, 95th percentile',
          description: 'Of tasks that closed, over a sample, by task type.',
          unit: 's',
          width: 8,
          queries: [{ expr: quantile(0.95, 'workflowDuration', ['task_type']), legend: '{{task_type}}' }],
          noValue: 'No task closed',
        }),
        timeseries({
          title: 'Iterations, 95th percentile',
          description: 'Model turns of a task when it closed.',
          unit: 'short',
          width: 8,
          queries: [{ expr: quantile(0.95, 'workflowIterations', ['task_type']), legend: '{{task_type}}' }],
          noValue: 'No task closed',
        }),
        timeseries({
          title: 'Tokens, 95th percentile',
          description: 'Tokens of a task when it closed, input and output.',
          unit: 'short',
          width: 8,
          queries: [{ expr: quantile(0.95, 'workflowTokens', ['task_type']), legend: '{{task_type}}' }],
          noValue: 'No task closed',
        }),
      ],
    },
    {
      title: 'What they use',
      panels: [
        timeseries({
          title: 'Tokens per second',
          description: 'As providers report them; cached and reasoning tokens are part of these.',
          unit: 'short',
          width: 8,
          queries: [
            { expr: `sum by (task_type) (${rate(metric('llmInputTokens'))})`, legend: '{{task_type}} input' },
            { expr: `sum by (task_type) (${rate(metric('llmOutputTokens'))})`, legend: '{{task_type}} output' },
          ],
          noValue: 'No model call reported usage',
        }),
        timeseries({
          title: 'Cost per hour',
          description: 'Of models with a known price.',
          unit: 'currencyUSD',
          width: 8,
          queries: [{ expr: `sum by (task_type) (${rate(metric('llmCost'))}) * 3600`, legend: '{{task_type}}' }],
          noValue: 'No call of a model with a known price',
        }),
        timeseries({
          title: 'Tool calls, 95th percentile',
          description: 'Duration of tool calls, one per attempt, by tool.',
          unit: 's',
          width: 8,
          queries: [{ expr: quantile(0.95, 'toolCallDuration', ['tool']), legend: '{{tool}}', exemplars: true }],
          noValue: 'No tool was called',
        }),
        timeseries({
          title: 'Findings',
          description: 'Instances of failure patterns, by finding.',
          unit: 'short',
          width: 24,
          queries: [{ expr: `sum by (finding) (${increase(metric('findings'))})`, legend: '{{finding}}' }],
          noValue: 'Nothing was found',
        }),
      ],
    },
  ],
};
