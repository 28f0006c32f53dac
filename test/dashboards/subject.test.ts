import { expect, test } from 'vitest';
import { countersOf, occurred, type Subject, subjectOf } from '../../examples/monitoring/panels/subject';

test.each<[query: string, subject: Subject]>([
  ['sum by (a) (rate(x_total{a=~".+", b="c"}[5m]))', { selector: 'x_total{a=~".+", b="c"}' }],
  ['-max(last_over_time(x[1h] offset 5m))', { selector: 'x' }],
  ['a / b', { all: [{ selector: 'a' }, { selector: 'b' }] }],
  ['a and on (job) b', { all: [{ selector: 'a' }, { selector: 'b' }] }],
  ['a or b', { any: [{ selector: 'a' }, { selector: 'b' }] }],
  ['a unless b', { selector: 'a' }],
  ['sum by (f) (increase(x[5m])) > 0', { selector: 'x', sample: '> 0' }],
  ['0 < x', { selector: 'x', sample: '> 0' }],
  ['x > bool 0', { selector: 'x' }],
  ['a > b', { all: [{ selector: 'a' }, { selector: 'b' }] }],
  ['count(x == 0) or 0 * count(x)', { any: [{ selector: 'x', sample: '== 0' }, { selector: 'x' }] }],
  ['count(x) > 3', { selector: 'x' }],
  ['time() - x < 900', { selector: 'x' }],
  ['(a and (time() - b < 900)) > 2', { all: [{ selector: 'a', sample: '> 2' }, { selector: 'b' }] }],
  ['histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))', { selector: 'x_bucket', sample: '> 0' }],
  ['absent(x)', { any: [] }],
  ['vector(1)', { all: [] }],
])('%s is about %j', (query, subject) => {
  expect(subjectOf(query)).toEqual(subject);
});

test('the counters of a query are those whose growth it shows', () => {
  const growth = 'increase(a{x="y"}[5m]) + (min_over_time(a{x="y"}[5m]) unless last_over_time(a{x="y"}[1h]))';
  expect(countersOf(`sum(${growth}) / sum(rate(b[5m])) + c`)).toEqual(['a{x="y"}', 'b']);
});

test('what is no PromQL is about nothing', () => {
  expect(() => subjectOf('sum(x')).toThrow(SyntaxError);
});

test.each([
  ['a / b', ['a'], false],
  ['a / b', ['a', 'b'], true],
  ['a or b', ['b'], true],
  ['a or b', [], false],
  ['a unless b', ['a', 'b'], true],
  ['a > 0', ['a'], false],
  ['a > 0', ['a', 'a > 0'], true],
  ['absent(a)', ['a'], false],
  ['time()', [], true],
])('the subject of %s, where %j is there: %s', async (query, there, expected) => {
  const known = async (selector: string, sample?: string) =>
    there.includes(sample === undefined ? selector : `${selector} ${sample}`);
  expect(await occurred(subjectOf(query), known)).toBe(expected);
});
