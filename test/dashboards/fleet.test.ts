import { expect, test } from 'vitest';
import type { Panel } from '../../examples/monitoring/panels/shipped-dashboards';
import { AT, eventfulFleet, healthyFleet } from './fleet-series';
import { compare } from './run-promtool';
import { QUERIES } from './shipped';

test('every query shows what it is about once it has happened, the first time included', () => {
  // NaN, which Grafana shows as nothing, is not equal to itself.
  const shown = QUERIES.map(({ target }) => ({
    expr: `count((${target.expr}) == (${target.expr})) > bool 0`,
    eval_time: AT,
    exp_samples: [{ labels: '{}', value: 1 }],
  }));
  expect(compare(eventfulFleet(), shown)).toContain('SUCCESS');
  expect(compare([], shown).match(/^ {4}expr:/gm)).toHaveLength(QUERIES.length);
});

test('a fleet that works puts no panel over a threshold', () => {
  const over = QUERIES.flatMap(({ panel, target }) => {
    const lowest = thresholds(panel)[0];
    if (lowest === undefined) return [];
    return [{ expr: `(${target.expr}) >= ${lowest}`, eval_time: AT, exp_samples: [] }];
  });
  expect(over.length).toBeGreaterThan(20);
  expect(compare(healthyFleet(), over)).toContain('SUCCESS');
  expect(compare(eventfulFleet(), over)).not.toContain('SUCCESS');
});

function thresholds({ fieldConfig }: Panel): number[] {
  const { steps = [] } = fieldConfig?.defaults.thresholds ?? {};
  return steps.map(({ value }) => value).filter((value) => value !== null);
}
