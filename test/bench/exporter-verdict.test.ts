import { describe, expect, test } from 'vitest';
import { deviation, isExact } from '../../bench/exporter/exact-values';
import type { Measured, MeasuredPoll, PollKind } from '../../bench/exporter/measure';
import { planAgents } from '../../bench/exporter/population';
import { judge, summary } from '../../bench/exporter/verdict';
import type { Metrics } from '../../examples/demo/verify/metrics';

const MB = 1024 * 1024;

function poll(kind: PollKind, more: Partial<MeasuredPoll> = {}): MeasuredPoll {
  const figures = { seconds: 15, cpuMs: 200, heapBytes: 18 * MB, rssBytes: 110 * MB, errors: 0, intervalSeconds: 30 };
  const requests = new Map([
    ['running', 11],
    ['closed', kind === 'sample' ? 11 : 1],
  ]);
  return { kind, ...figures, requests, metrics: undefined as unknown as Metrics, ...more };
}

const small: Measured = { agents: 1000, polls: [poll('early'), poll('sample'), poll('plain')] };

/** The large size, in which one poll is otherwise. */
function large(kind: PollKind, more: Partial<MeasuredPoll>): Measured {
  return { agents: 20_000, polls: small.polls.map((one) => (one.kind === kind ? poll(kind, more) : one)) };
}

describe('of the scale run', () => {
  test('figures that stay, and those that noise adds to, are no reason to fail', () => {
    expect(judge(small, { ...small, agents: 20_000 }, 30)).toEqual([]);
    const noisy = { cpuMs: 350, heapBytes: 19 * MB, rssBytes: 200 * MB, seconds: 29 };
    expect(judge(small, large('plain', noisy), 30)).toEqual([]);
    expect(judge(small, large('early', { requests: new Map([['task_types', 90]]) }), 30)).toEqual([]);
    const withoutSample = { agents: 1000, polls: [poll('early'), poll('plain')] };
    expect(judge(withoutSample, { ...small, agents: 20_000 }, 30)).toEqual([]);
  });

  test.each<[PollKind, Partial<MeasuredPoll>, string]>([
    ['plain', { requests: new Map([['running', 13]]) }, 'requests of a plain poll grow from 12 to 13'],
    ['sample', { requests: new Map([['closed', 23]]) }, 'requests of a sample poll grow from 22 to 23'],
    ['plain', { cpuMs: 600 }, 'CPU time of a plain poll grows from 200.0 to 600.0 ms, more than 2.5 times'],
    ['sample', { cpuMs: 3001 }, '20000 agents: a poll (sample) took 3001 ms of CPU'],
    ['plain', { heapBytes: 30 * MB }, 'heap grows from 18.0 to 30.0 MB, more than 1.25 times'],
    ['plain', { rssBytes: 300 * MB }, 'RSS grows from 110.0 to 300.0 MB, more than 2 times'],
    ['early', { seconds: 30.4 }, '20000 agents: a poll (early) took 30.4 s of 30 s'],
    ['early', { errors: 1 }, '20000 agents: 1 requests of a poll (early) failed'],
    ['plain', { intervalSeconds: 41 }, '20000 agents: the interval grew from 30 s to 41 s'],
  ])('a %s poll with %o is', (kind, more, reason) => {
    expect(judge(small, large(kind, more), 30)).toEqual([reason]);
  });

  test('the summary has a figure for each size', () => {
    const lines = summary(small, { ...small, agents: 20_000 });
    expect(lines).toContain('requests of a plain poll, 20000 agents: 12: running 11, closed 1');
    expect(lines).toContain('worst poll: 1000 agents 15.0 s, 20000 agents 15.0 s');
    expect(lines).toContain('CPU time of a plain poll: 1000 agents 200.0 ms, 20000 agents 200.0 ms');
  });

  test('an expected duration may be off by 2 % and not by more, and has to be there', () => {
    const of = (exportedSeconds: number) => ({ taskType: 'a', sample: 100, exactSeconds: 1000, exportedSeconds });
    expect(deviation(of(1020))).toBeCloseTo(0.02);
    expect([1000, 980.1, 1019.9, 979, 1021, Number.NaN].map((value) => isExact(of(value)))).toEqual([
      ...[true, true, true, false, false, false],
    ]);
  });

  test('the large namespace begins with the agents of the small one', () => {
    const few = [...planAgents(0, 1000)];
    const many = [...planAgents(0, 20_000)];
    expect(many.slice(0, 1000)).toEqual(few);
    const kinds = (agents: typeof many) => {
      const counts: Record<string, number> = {};
      for (const { kind } of agents) counts[kind] = (counts[kind] ?? 0) + 1;
      return counts;
    };
    expect(kinds(few)).toEqual({ closed: 750, healthy: 200, overdue: 10, approval: 30, child: 10 });
    expect(kinds(many)).toEqual({ closed: 15_000, healthy: 4000, overdue: 200, approval: 600, child: 200 });
  });
});
