import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createNamespace } from '../support/temporal-server';
import { Agents, names } from './state/agents';

const NAMESPACE = 'detectors-state-caps';
const THRESHOLDS = {
  iterationCap: { default: 4, patient: 50 },
  tokenBudget: { default: 150, patient: 150 },
};
const CAPPED = ['iteration-cap-exceeded warning'];

let cached: Agents;
let uncached: Agents;

beforeAll(async () => {
  const address = inject('temporalAddress');
  await createNamespace(address, NAMESPACE);
  cached = await Agents.start(address, NAMESPACE, THRESHOLDS);
  uncached = await Agents.start(address, NAMESPACE, THRESHOLDS, { maxCachedWorkflows: 0 });
});

afterAll(async () => {
  await cached?.close();
  await uncached?.close();
});

test('an agent at its cap and within its budget is healthy', async () => {
  expect((await cached.execute('agent', { calls: 4, tools: 2 })).found).toEqual([]);
});

test('one turn more is over the cap, and said with the figures', async () => {
  const { found } = await cached.execute('agent', { calls: 5 });
  expect(found).toMatchObject([
    {
      finding: 'iteration-cap-exceeded',
      message: expect.stringContaining('task type agent made 5 model turns, its cap is 4'),
      evidence: { iteration: 5, cap: 4 },
    },
  ]);
});

test('so are tokens over the budget', async () => {
  const { found } = await cached.execute('agent', { calls: 7 });
  expect(names(found)).toEqual([...CAPPED, 'token-budget-exceeded warning']);
  expect(found[1]?.evidence).toMatchObject({ tokens: 175, budget: 150, iteration: 7 });
});

test('each task type has figures of its own', async () => {
  expect((await cached.execute('agent', { calls: 6, taskType: 'patient' })).found).toEqual([]);
  const { found } = await cached.execute('agent', { calls: 8, taskType: 'patient' });
  expect(names(found)).toEqual(['token-budget-exceeded warning']);
  expect(found[0]?.message).toContain('task type patient used 175 tokens in 7 model turns');
});

test('continue-as-new carries the counts on', async () => {
  expect((await cached.execute('inRuns', 2, 2)).found).toEqual([]);
  const { found, handle } = await cached.execute('inRuns', 3, 2);
  expect(names(found)).toEqual(CAPPED);
  expect(found[0]).toMatchObject({ runId: (await handle.describe()).runId, evidence: { iteration: 5 } });
});

describe('allow', () => {
  test('silences what is meant, and nothing else', async () => {
    const { found } = await cached.execute('agent', { calls: 8, allow: ['iteration-cap-exceeded'] });
    expect(names(found)).toEqual(['token-budget-exceeded warning']);
  });

  test('holds in the runs that follow', async () => {
    const { found } = await cached.execute('inRuns', 3, 2, ['iteration-cap-exceeded']);
    expect(found).toEqual([]);
  });
});

test('without a cache, where each task replays the run, the same is found, once', async () => {
  for (const calls of [4, 8]) {
    const [first, second] = await Promise.all([
      cached.execute('agent', { calls }),
      uncached.execute('agent', { calls }),
    ]);
    expect(second.found.map(({ message, evidence }) => [message, evidence])).toEqual(
      first.found.map(({ message, evidence }) => [message, evidence]),
    );
    expect(first.found).toHaveLength(calls === 8 ? 2 : 0);
  }
});
