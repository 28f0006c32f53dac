import { describe, expect, test } from 'vitest';
import { added, interleave, median } from '../../bench/interleave';
import { type Measurement, meetsGoal, toJson, toTable } from '../../bench/measurement';

const ratio: Measurement = { name: 'replay', value: 1.23456, unit: 'x', goal: { atMost: 1.2 } };
const speed: Measurement = { name: 'tokens', value: 0.95, unit: 'x', goal: { atLeast: 0.9 } };
const size: Measurement = { name: 'bundle', value: 18.04, unit: 'KB', goal: { atMost: 25 } };
const information: Measurement = { name: 'build', value: 1, unit: 'x' };

test('a goal is a ceiling, a floor, or none', () => {
  expect([ratio, speed, size, information].map(meetsGoal)).toEqual([false, true, true, true]);
  expect(meetsGoal({ ...ratio, value: Number.NaN })).toBe(false);
});

test('prints the fields that --json promises', () => {
  expect([ratio, speed, size, information].map(toJson)).toEqual([
    { name: 'replay', ratio: 1.235, goal: 1.2, ok: false },
    { name: 'tokens', ratio: 0.95, goal: 0.9, ok: true },
    { name: 'bundle (KB)', ratio: 18.04, goal: 25, ok: true },
    { name: 'build', ratio: 1, goal: null, ok: true },
  ]);
});

test('prints a table with the goal beside each result', () => {
  expect(toTable([ratio, speed, size, information])).toBe(
    [
      '| benchmark | result | goal | met |',
      '| --- | ---: | ---: | --- |',
      '| replay | 1.23x | ≤ 1.2x | no |',
      '| tokens | 0.95x | ≥ 0.9x | yes |',
      '| bundle | 18 KB | ≤ 25 KB | yes |',
      '| build | 1x |  |  |',
    ].join('\n'),
  );
});

describe('interleaving', () => {
  test('runs each variant once per round, warm-up not counted', async () => {
    const runs: string[] = [];
    const variant = (name: string) => () => {
      runs.push(name);
      return runs.length;
    };
    const results = await interleave({ a: variant('a'), b: variant('b') }, 3);
    expect(results.a).toHaveLength(3);
    expect(results.b).toHaveLength(3);
    for (let round = 0; round < runs.length; round += 2) {
      expect(runs.slice(round, round + 2).sort()).toEqual(['a', 'b']);
    }
    expect(Math.min(...results.a, ...results.b)).toBeGreaterThan(2);
  });

  test('compares within rounds, so that a slow round harms both alike', () => {
    expect(added([12, 112, 13], [10, 110, 10])).toBe(2);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
