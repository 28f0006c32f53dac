import { alertsOfDashboard, alertTable } from './alerts';
import type { DashboardSpec } from './dashboard';
import { ofRow, ofSeries, runningAgents } from './links';
import { stat, table, text, timeseries } from './panels';
import { exported, growth, metric, rareQuantile, sumBy, unitOf } from './queries';

const NONE_RUNS = 'No agent runs, or no exporter';
const NONE_OPEN = 'No approval is open';
const NONE_ENDED = 'No approval came to its end in this time';

const WAITING = "AgentApprovalState IN ('submitted', 'acknowledged', 'escalated')";

/** People who are asked: what waits for them, for how long, and what they say. */
export const APPROVALS: DashboardSpec = {
  name: 'approvals',
  title: 'Temporal agents / Approvals',
  description: 'Approvals that agents wait for: open, overdue, decided, and how long a decision takes.',
  choices: ['task_type'],
  rows: [
    {
      title: 'Now',
      panels: [
        stat({
          title: 'Open',
          description: 'Agents that wait for an approval.',
          unit: unitOf('approvalsOpen'),
          width: 6,
          queries: [{ expr: `sum(${byState()})`, legend: 'open' }],
          noValue: NONE_RUNS,
        }),
        stat({
          title: 'Overdue',
          description: 'Agents whose most urgent approval is past its due time: somebody has to act now.',
          unit: unitOf('approvalsOverdue'),
          width: 6,
          thresholds: { critical: 1 },
          queries: [{ expr: `sum(${exported('approvalsOverdue')})`, legend: 'overdue' }],
          noValue: NONE_RUNS,
        }),
        stat({
          title: 'Escalated',
          description: 'Agents whose approval was passed on because nobody decided it in time.',
          unit: unitOf('approvalsOpen'),
          width: 6,
          thresholds: { warning: 1 },
          queries: [{ expr: `sum(${byState('state="escalated"')})`, legend: 'escalated' }],
          noValue: NONE_RUNS,
        }),
        stat({
          title: 'Due first',
          description: 'When the most urgent open approval is due.',
          unit: 'dateTimeFromNow',
          width: 6,
          queries: [{ expr: `min(${exported('approvalOldestDue', { pick: 'min' })}) * 1000`, legend: 'due' }],
          noValue: 'None is open',
        }),
        alertTable({ names: alertsOfDashboard('approvals'), about: ['task_type'], width: 14, height: 7 }),
        text({
          title: 'What to do',
          description: 'Commands that find what waits, and decide it.',
          width: 10,
          height: 7,
          markdown: [
            '```sh',
            'temporal-agent-observability approvals list --overdue',
            'temporal-agent-observability approvals show <workflow-id>',
            'temporal-agent-observability approvals approve <workflow-id> <approval-id> --actor <you>',
            'temporal-agent-observability approvals reject <workflow-id> <approval-id> --actor <you>',
            '```',
            '',
            'Nothing is decided and no time-out is applied while no worker runs: start one first.',
          ].join('\n'),
        }),
      ],
    },
    {
      title: 'Open',
      panels: [
        timeseries({
          title: 'Open by state',
          description:
            'Agents that wait for an approval, by the state of the most urgent one: submitted, acknowledged by somebody, escalated to somebody else.',
          unit: unitOf('approvalsOpen'),
          width: 12,
          queries: [{ expr: `${byState()} > 0`, legend: '{{temporal_namespace}} {{task_type}} {{state}}' }],
          noValue: NONE_OPEN,
          links: [runningAgents(ofSeries, `AgentApprovalState = '${ofSeries('state')}'`)],
        }),
        timeseries({
          title: 'Overdue',
          description: 'Agents whose most urgent approval is past its due time, by task type.',
          unit: unitOf('approvalsOverdue'),
          width: 12,
          thresholds: { critical: 1 },
          queries: [{ expr: exported('approvalsOverdue'), legend: '{{temporal_namespace}} {{task_type}}' }],
          noValue: NONE_RUNS,
          links: [runningAgents(ofSeries, WAITING)],
        }),
        table({
          title: 'Due first',
          description: 'When the most urgent open approval of each task type is due.',
          unit: 'dateTimeFromNow',
          width: 24,
          height: 6,
          columns: ['temporal_namespace', 'task_type'],
          queries: [{ expr: `${exported('approvalOldestDue', { pick: 'min' })} * 1000`, legend: 'due' }],
          noValue: NONE_OPEN,
          links: [runningAgents(ofRow, WAITING)],
        }),
      ],
    },
    {
      title: 'Decisions',
      panels: [
        timeseries({
          title: 'Requested and ended',
          description:
            'Approvals that agents asked for, and those that came to their end, as workers saw them: each at least once. What is open is shown above; it is not the difference of these.',
          unit: unitOf('approvalsRequested'),
          width: 12,
          queries: [
            {
              expr: sumBy(['task_type'], growth(metric('approvalsRequested'))),
              legend: '{{task_type}} requested',
            },
            {
              expr: sumBy(['task_type', 'outcome'], growth(metric('approvalsDecided'))),
              legend: '{{task_type}} {{outcome}}',
            },
          ],
          noValue: 'No agent asked for an approval in this time',
        }),
        table({
          title: 'Outcomes',
          description:
            'How approvals ended in the time shown, and the share of each outcome. Where many time out, the wrong people are asked or the time is too short; where none is rejected, perhaps nobody has to be asked.',
          unit: unitOf('approvalsDecided'),
          decimals: 0,
          width: 12,
          columns: ['task_type', 'outcome'],
          queries: [
            {
              expr: sumBy(['task_type', 'outcome'], growth(metric('approvalsDecided'), '$__range')),
              legend: 'approvals',
            },
            { expr: outcomeShare(), legend: 'share', unit: 'percentunit' },
          ],
          noValue: NONE_ENDED,
        }),
        timeseries({
          title: 'Time to a decision, median',
          description: 'From request to end, by outcome. An approval that is still open is not in it.',
          unit: unitOf('approvalDecision'),
          width: 12,
          queries: [{ expr: rareQuantile(0.5, 'approvalDecision', ['outcome']), legend: '{{outcome}}' }],
          noValue: NONE_ENDED,
        }),
        timeseries({
          title: 'Time to a decision, 95th percentile',
          description: 'From request to end, by task type. An approval that is still open is not in it.',
          unit: unitOf('approvalDecision'),
          width: 12,
          queries: [{ expr: rareQuantile(0.95, 'approvalDecision', ['task_type']), legend: '{{task_type}}' }],
          noValue: NONE_ENDED,
        }),
      ],
    },
  ],
};

function byState(...matchers: string[]): string {
  return exported('approvalsOpen', { by: ['temporal_namespace', 'task_type', 'state'], matchers });
}

function outcomeShare(): string {
  const ended = growth(metric('approvalsDecided'), '$__range');
  const all = sumBy(['task_type'], ended);
  return `${sumBy(['task_type', 'outcome'], ended)} / on (task_type) group_left () (${all} > 0)`;
}
