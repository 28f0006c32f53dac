import { describe, test } from 'vitest';
import type { MetricKey } from '#lib/definitions/metrics';
import { expectFiring, promtoolTest, type Series, series } from './support';

const EXPORTER = { job: 'temporal-agent-exporter', instance: 'e1:9466' };
const SECOND = { ...EXPORTER, instance: 'e2:9466' };

/** An exporter that polls each half minute and succeeds; `clock` is the time of its last success. */
function exporter(clock: string, replica = EXPORTER, interval = '30+0x90'): Series[] {
  return [series('exporterLastSuccess', replica, clock), series('exporterPollInterval', replica, interval)];
}

const WORKS = exporter('0+60x90');

const ALERTS: readonly { alert: string; key: MetricKey; labels?: Record<string, string>; forMinutes: number }[] = [
  { alert: 'TemporalAgentRunsOverdue', key: 'workflowsOverdue', forMinutes: 2 },
  { alert: 'TemporalAgentWorkflowTasksFailing', key: 'workflowTasksFailing', forMinutes: 1 },
  { alert: 'TemporalAgentApprovalOverdue', key: 'approvalsOverdue', forMinutes: 0 },
  { alert: 'TemporalAgentApprovalEscalated', key: 'approvalsOpen', labels: { state: 'escalated' }, forMinutes: 0 },
  { alert: 'TemporalAgentOrphaned', key: 'workflowsOrphaned', forMinutes: 1 },
];

describe.each(ALERTS)('$alert', ({ alert, key, labels = {}, forMinutes }) => {
  const gauge = (values: string, more = {}) =>
    series(key, { ...EXPORTER, task_type: 'research', ...labels, ...more }, values);

  test('fires and ends', async () => {
    const input = [...WORKS, gauge('0+0x10 2+0x20 0+0x40')];
    const before = forMinutes === 0 ? {} : { [`${10 + forMinutes}m`]: 0 };
    await expectFiring(alert, input, { ...before, [`${11 + forMinutes}m`]: 1, '31m': 1, '38m': 0, '60m': 0 });
  });

  test('is silent where there is nothing, and where nothing is known', async () => {
    await expectFiring(alert, [...WORKS, gauge('0+0x60')], { '20m': 0, '60m': 0 });
    await expectFiring(alert, WORKS, { '20m': 0 });
  });

  test('fires on while the exporter cannot be scraped for six minutes', async () => {
    const gone = (values: string) => `${values} stale _x5`;
    const input = [...exporter(`${gone('0+60x20')} 1620+60x60`), gauge(`${gone('1+0x20')} 1+0x20 0+0x20`)];
    await expectFiring(alert, input, { '20m': 1, '23m': 1, '26m': 1, '30m': 1, '57m': 0 });
  });

  test('fires on while the exporter restarts and has not polled yet', async () => {
    const input = [...exporter('0+60x20 stale _x4 1560+60x60'), gauge('1+0x20 stale _x4 1+0x20')];
    await expectFiring(alert, input, { '22m': 1, '25m': 1, '28m': 1 });
  });

  test('ends when the task type is no longer there', async () => {
    await expectFiring(alert, [...WORKS, gauge('1+0x20 stale')], { '19m': 1, '28m': 0 });
  });

  test('fires for a new task type beside others', async () => {
    const input = [...WORKS, gauge('0+0x60'), gauge('_x30 3+0x30', { task_type: 'new' })];
    await expectFiring(alert, input, { '29m': 0, '33m': 1 });
  });

  test('fires once for what two replicas see', async () => {
    const input = [...WORKS, ...exporter('0+60x90', SECOND), gauge('2+0x30 0+0x40'), gauge('2+0x30 0+0x40', SECOND)];
    await expectFiring(alert, input, { '20m': 1, '40m': 0 });
  });

  test('does not believe a replica that hangs', async () => {
    const hangs = exporter('0+60x10 600+0x80', SECOND);
    const input = [...WORKS, ...hangs, gauge('2+0x12 0+0x70'), gauge('2+0x80', SECOND)];
    await expectFiring(alert, input, { '10m': 1, '50m': 0, '70m': 0 });
  });

  test('believes an exporter that polls each hour', async () => {
    const polls = exporter('0+0x59 3600+0x30', EXPORTER, '3600+0x90');
    await expectFiring(alert, [...polls, gauge('1+0x90')], { '30m': 1, '58m': 1, '80m': 1 });
  });
});

test('an alert has the query for Temporal, quotes what has to be, and counts what two replicas see once', async () => {
  const taskType = `it's \\ "it"`;
  const content = {
    input_series: [EXPORTER, SECOND].flatMap((replica) => [
      ...exporter('0+60x20', replica),
      series('approvalsOverdue', { ...replica, task_type: taskType }, '2+0x20'),
    ]),
    alert_rule_test: [
      {
        eval_time: '10m',
        alertname: 'TemporalAgentApprovalOverdue',
        exp_alerts: [
          {
            exp_labels: { severity: 'critical', pattern: '6', temporal_namespace: 'agents', task_type: taskType },
            exp_annotations: {
              summary: 'Approvals are past their due time',
              description: `Task type ${taskType} in namespace agents: 2 agents wait for an approval that is overdue. Decide it; where no worker runs, start one, for nothing can be decided or timed out without.`,
              command: `temporal-agent-observability approvals list --namespace 'agents' --task-type 'it'\\''s \\ "it"' --overdue`,
              query: `ExecutionStatus = 'Running' AND AgentApprovalState IN ('submitted', 'acknowledged', 'escalated') AND AgentTaskType = 'it\\'s \\\\ "it"'`,
              runbook_url:
                'https://unpkg.com/temporal-agent-observability/alerts/runbooks/TemporalAgentApprovalOverdue.md',
              dashboard_url:
                '/d/temporal-agent-observability-approvals?var-temporal_namespace=agents&var-task_type=it%27s+%5C+%22it%22',
            },
          },
        ],
      },
    ],
  };
  await promtoolTest(content, 'TemporalAgentApprovalOverdue');
});
