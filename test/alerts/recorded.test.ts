import { describe, expect, test } from 'vitest';
import { isAlert } from '#lib/rules/rule';
import { ruleGroups } from '#lib/rules/rule-groups';
import { metricsIn } from '../../examples/alerts/recording/recorder';
import { RECORDED_ALERTS } from './recorded-alerts';
import { readRecordings } from './recording';
import { replay } from './replay';
import { ALERTS, CONFIG } from './support';

const RECORDINGS = readRecordings();

test('there is a recording of each scenario', () => {
  expect(RECORDINGS.map(({ scenario }) => scenario).sort()).toEqual(Object.keys(RECORDED_ALERTS).sort());
});

describe.each(RECORDINGS)('what was recorded of $scenario', (recording) => {
  const { scenario, length, marks } = recording;
  const alerts = RECORDED_ALERTS[scenario] ?? [];

  test('fires its alerts until it is mended, and no others', async () => {
    const before = [marks.mended ?? 0, alerts.slice(0, 1)] as const;
    await replay(recording, { fires: alerts, before, at: { 0: [], [length]: [] } });
  });
});

describe.each(ALERTS)('$alert', ({ alert, expr }) => {
  test('fires in one of the recordings', () => {
    expect(Object.values(RECORDED_ALERTS).flat()).toContain(alert);
  });

  test('does not fire in another one that has its metrics', () => {
    const isRead = metricsIn(withRecorded(expr));
    const silent = RECORDINGS.filter(({ scenario, series }) => {
      const isThere = series.some(({ name }) => name !== 'up' && isRead(name));
      return !RECORDED_ALERTS[scenario]?.includes(alert) && (isThere || !/\btemporal_/.test(expr));
    });
    expect(silent).not.toEqual([]);
  });
});

/** The expression with those of the recording rules that it reads. */
function withRecorded(expr: string): string {
  const recorded = ruleGroups(CONFIG).flatMap(({ rules }) => rules.filter((rule) => !isAlert(rule)));
  const read = recorded.filter((rule) => 'record' in rule && expr.includes(rule.record));
  return [expr, ...read.map((rule) => rule.expr)].join('\n');
}
