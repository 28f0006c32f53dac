import { expect, test } from 'vitest';
import { fillIn } from '../../examples/monitoring/panels/fill-in';

test("Grafana's own variables and those of the dashboard are replaced", () => {
  const filling = { rateInterval: '75s', interval: '1m', range: '6h', chosen: (name: string) => `<${name}>` };
  expect(fillIn('$__rate_interval $__interval $__range', filling)).toBe('75s 1m 6h');
  expect(fillIn(`$job, \${task_type}`, filling)).toBe('<job>, <task_type>');
});
