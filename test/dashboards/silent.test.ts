import { expect, test } from 'vitest';
import { SILENT as IN_REHEARSAL } from '../../examples/alerts/panels';
import { SILENT as IN_DEMO, SHOWN } from '../../examples/demo/verify/panels';
import { DASHBOARDS } from '../../examples/monitoring/panels/shipped-dashboards';
import { QUERIES } from './shipped';

test('queries have names of their own', () => {
  expect(new Set(QUERIES.map(({ name }) => name)).size).toBe(QUERIES.length);
});

test('what is listed as silent is asked, and is little', () => {
  expect([...DASHBOARDS.keys()]).toEqual(expect.arrayContaining([...SHOWN]));
  const ofDemo = QUERIES.filter(({ dashboard }) => SHOWN.includes(dashboard));
  for (const [silent, asked, most] of [
    [IN_REHEARSAL, QUERIES, 0.05],
    [IN_DEMO, ofDemo, 0.3],
  ] as const) {
    for (const { queries, reason } of silent) {
      expect(asked.filter(({ name }) => queries.test(name)).length, String(queries)).toBeGreaterThan(0);
      expect(reason).not.toBe('');
    }
    const listed = asked.filter(({ name }) => silent.some(({ queries }) => queries.test(name)));
    expect(listed.length / asked.length).toBeLessThan(most);
  }
});
