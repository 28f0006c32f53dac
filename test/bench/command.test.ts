import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

function bench(...options: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...options], {
    cwd: join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    timeout: 120_000,
  });
}

test('prints nothing but JSON on stdout, progress on stderr, and tells missed goals by its exit code', () => {
  const { stdout, stderr, status } = bench('--quick', '--json', '--only', 'tokens');
  const measurements: { ratio: number; goal: number | null; ok: boolean }[] = JSON.parse(stdout);
  expect(measurements.length).toBeGreaterThan(4);
  for (const measurement of measurements) {
    expect(Object.keys(measurement)).toEqual(['name', 'ratio', 'goal', 'ok']);
    expect(measurement.ratio).toBeGreaterThan(0);
  }
  expect(stderr).toContain('bench: tokens');
  expect(status).toBe(measurements.every(({ ok }) => ok) ? 0 : 1);
});

test('refuses a benchmark that there is not', () => {
  const { stderr, status } = bench('--only', 'nonsense');
  expect(stderr).toContain(
    '--only: expected some of activity, requests, replay, bundle, event-loop, tokens, got nonsense',
  );
  expect(status).toBe(1);
});
