import { describe, expect, test } from 'vitest';
import { RECORDED_ALERTS } from './recorded-alerts';
import { readRecordings } from './recording';
import { replay } from './replay';

const RECORDINGS = readRecordings();

test('there is a recording of each scenario', () => {
  expect(RECORDINGS.map(({ scenario }) => scenario)).toEqual(Object.keys(RECORDED_ALERTS).sort());
});

describe.each(RECORDINGS)('what was recorded of $scenario', (recording) => {
  const { scenario, length, marks } = recording;
  const alerts = RECORDED_ALERTS[scenario] ?? [];

  test('fires its alerts until it is mended, and no others', async () => {
    const before = [marks.mended ?? 0, alerts.slice(0, 1)] as const;
    await replay(recording, { fires: alerts, before, at: { 0: [], [length]: [] } });
  });
});
