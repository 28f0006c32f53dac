import { describe, expect, test } from 'vitest';
import { FINDING_IDS, type FindingId } from '#lib/definitions/findings';
import { ALERTS, expectFiring, promtoolTest, series, written } from './support';

/** Findings that gauges of the exporter, and not counters, alert on, and that of a command. */
const ELSEWHERE: readonly FindingId[] = [
  'approval-overdue',
  'approval-escalated',
  'orphaned-agent',
  'replay-incompatible',
];

/** Findings that an alert's expression selects. */
const BY_ALERT = ALERTS.flatMap(({ alert, expr }) => {
  const [, ids] = /[{ ]finding=~?"([^"]+)"/.exec(expr) ?? [];
  if (ids === undefined) return [];
  const severity = /[{ ]severity="([^"]+)"/.exec(expr)?.[1] ?? 'warning';
  return [{ alert, ids: ids.split('|') as FindingId[], severity }];
});

const up = (values: string, instance = 'a:9464') => written('up', { instance }, values);

test('every finding has its alert', () => {
  const alerted = BY_ALERT.flatMap(({ ids }) => ids);
  expect([...new Set([...alerted, ...ELSEWHERE])].sort()).toEqual([...FINDING_IDS].sort());
});

describe.each(BY_ALERT)('$alert', ({ alert, ids, severity }) => {
  const found = (finding: FindingId, values: string, labels = {}) =>
    series('findings', { finding, severity, task_type: 'research', workflow_type: 'agent', ...labels }, values);

  test.each(ids)('fires on %s that counts for the first time, and ends', async (id) => {
    await expectFiring(alert, [found(id, '_x10 1+0x40')], { '9m': 0, '10m': 1, '24m': 1, '27m': 0, '45m': 0 });
  });

  test('is silent about what was found long ago, and about other findings', async () => {
    const others = FINDING_IDS.filter((id) => !ids.includes(id));
    const input = [found(ids[0] as FindingId, '3+0x60'), ...others.map((id) => found(id, '0+1x60'))];
    await expectFiring(alert, input, { '20m': 0, '40m': 0, '60m': 0 });
  });
});

const ALERT = 'TemporalAgentHeartbeatMissing';
const found = (values: string, labels = {}) =>
  series(
    'findings',
    { finding: 'heartbeat-missing', severity: 'warning', task_type: 'research', workflow_type: 'agent', ...labels },
    values,
  );

describe('a counter of findings', () => {
  test('that grows fires once more', async () => {
    await expectFiring(ALERT, [found('3+0x30 4+0x40')], { '29m': 0, '31m': 1, '50m': 0 });
  });

  test('that starts at 0 is no finding', async () => {
    await expectFiring(ALERT, [found('0+0x60')], { '0m': 0, '10m': 0, '40m': 0 });
  });

  test('fires on the first finding after a restart, though the process before had as many', async () => {
    await expectFiring(ALERT, [found('1+0x20 stale _x18 1+0x40'), up('1+0x80')], { '39m': 0, '41m': 1, '60m': 0 });
  });

  test('that restarts and grows within the window fires', async () => {
    await expectFiring(ALERT, [found('5+0x30 0 1+0x30'), up('1+0x60')], { '29m': 0, '32m': 1, '50m': 0 });
  });

  test('that was not scraped for a while is not new', async () => {
    const input = [found('3+0x20 _x20 3+0x40'), up('1+0x20 _x20 1+0x40')];
    await expectFiring(ALERT, input, { '20m': 0, '41m': 0, '45m': 0, '55m': 0, '75m': 0 });
  });

  test('whose target was down for a while is not new', async () => {
    const input = [found('3+0x20 stale _x20 3+0x40'), up('1+0x20 0+0x20 1+0x40')];
    await expectFiring(ALERT, input, { '43m': 0, '50m': 0, '60m': 0 });
  });

  test('in two workers is one alert; of another task type it is another', async () => {
    const input = [
      found('_x10 1+0x20'),
      found('_x10 1+0x20', { instance: 'b:9464' }),
      found('_x12 1+0x20', { task_type: 'new' }),
    ];
    await expectFiring(ALERT, input, { '11m': 1, '13m': 2 });
  });
});

test('history-budget fires by how bad it is', async () => {
  const budget = (severity: string) => [found('_x10 1+0x20', { finding: 'history-budget', severity })];
  await expectFiring('TemporalAgentHistoryNearlyFull', budget('critical'), { '12m': 1 });
  await expectFiring('TemporalAgentHistoryNearlyFull', budget('warning'), { '12m': 0 });
  await expectFiring('TemporalAgentHistoryGrowing', budget('warning'), { '12m': 1 });
  await expectFiring('TemporalAgentHistoryGrowing', budget('critical'), { '12m': 0 });
});

test('an alert says what was found, where, and the command that lists the runs', async () => {
  const at = { temporal_namespace: "o'hare", task_type: 'a b' };
  const content = {
    input_series: [found('_x10 1+0x20', at)],
    alert_rule_test: [
      {
        eval_time: '12m',
        alertname: ALERT,
        exp_alerts: [
          {
            exp_labels: {
              severity: 'warning',
              pattern: '2',
              finding: 'heartbeat-missing',
              workflow_type: 'agent',
              ...at,
            },
            exp_annotations: {
              summary: 'Long model calls do not heartbeat',
              description:
                "agent (task type a b, namespace o'hare): 1 times heartbeat-missing within 15 minutes. A worker that dies is noticed only at the timeout: set heartbeatTimeout and heartbeat while the call runs.",
              command:
                "temporal-agent-observability findings --namespace 'o'\\''hare' --id heartbeat-missing --since 1h",
              runbook_url:
                'https://unpkg.com/temporal-agent-observability/alerts/runbooks/TemporalAgentHeartbeatMissing.md',
              dashboard_url:
                '/d/temporal-agent-observability-patterns?var-temporal_namespace=o%27hare&var-task_type=a+b',
            },
          },
        ],
      },
    ],
  };
  await promtoolTest(content, ALERT);
});
