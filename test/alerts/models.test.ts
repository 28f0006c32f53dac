import { describe, test } from 'vitest';
import { CONFIG, expectFiring, series } from './support';

const MODEL = { task_type: 'research', provider: 'openai', model: 'gpt-5' };

/** Model calls by outcome, so many a minute. */
const calls = (outcome: string, perMinute: number, labels = {}) =>
  series('llmCallDuration', { ...MODEL, outcome, ...labels }, `0+${perMinute}x60`, '_count');

describe.each<{ alert: string; outcomes: [string, string] }>([
  { alert: 'TemporalAgentModelErrors', outcomes: ['error', 'timeout'] },
  { alert: 'TemporalAgentModelRefusals', outcomes: ['refusal', 'content_filter'] },
])('$alert', ({ alert, outcomes }) => {
  test.each(outcomes)('fires on a large share of %s', async (outcome) => {
    await expectFiring(alert, [calls('ok', 6), calls(outcome, 3)], { '5m': 0, '20m': 1 });
  });

  test('is silent about a small share, none at all, or few calls', async () => {
    await expectFiring(alert, [calls('ok', 20), calls(outcomes[0], 1)], { '20m': 0, '50m': 0 });
    await expectFiring(alert, [calls('ok', 20)], { '20m': 0 });
    await expectFiring(
      alert,
      [series('llmCallDuration', { ...MODEL, outcome: outcomes[0] }, '0 1+0x20 2+0x20', '_count')],
      {
        '30m': 0,
      },
    );
  });

  test('ends when calls succeed, or none is made', async () => {
    const failed = series('llmCallDuration', { ...MODEL, outcome: outcomes[0] }, '0+5x20 100+0x40', '_count');
    await expectFiring(alert, [calls('ok', 5), failed], { '20m': 1, '45m': 0 });
    await expectFiring(alert, [failed], { '20m': 1, '45m': 0 });
  });

  test('takes each provider by itself', async () => {
    const other = { provider: 'anthropic', model: 'claude' };
    await expectFiring(alert, [calls('ok', 60), calls(outcomes[0], 4, other)], { '20m': 1 });
  });

  test('looks at all workers and models together', async () => {
    const input = ['a:1', 'b:1'].flatMap((instance) => [
      calls('ok', 2, { instance }),
      calls(outcomes[0], 1, { instance, model: instance }),
    ]);
    await expectFiring(alert, input, { '20m': 1 });
  });

  test('compares calls that fail with all calls, though those do not tell which model would have answered', async () => {
    const failed = calls(outcomes[0], 3, { model: 'unknown' });
    await expectFiring(alert, [calls('ok', 60), failed], { '20m': 0, '50m': 0 });
    await expectFiring(alert, [calls('ok', 6), failed], { '20m': 1 });
  });

  test('looks at each task type', async () => {
    const other = { task_type: 'other' };
    await expectFiring(alert, [calls('ok', 60), calls(outcomes[0], 3, other)], { '20m': 1 });
  });

  test('goes on when a worker restarts', async () => {
    const failed = series('llmCallDuration', { ...MODEL, outcome: outcomes[0] }, '0+5x20 0+5x30', '_count');
    await expectFiring(alert, [calls('ok', 5), failed], { '20m': 1, '22m': 1, '30m': 1 });
  });
});

describe('TemporalAgentModelRateLimited', () => {
  const errors = (error_type: string, values: string) =>
    series('llmErrors', { ...MODEL, error_type, retryable: 'true' }, values);

  test.each(['rate_limited', 'overloaded'])('fires on calls that are %s', async (type) => {
    await expectFiring('TemporalAgentModelRateLimited', [errors(type, '0+3x40')], { '20m': 1 });
  });

  test('is silent about few, and about other errors', async () => {
    const input = [errors('rate_limited', '0x10 1x10 2x20'), errors('server_error', '0+9x40')];
    await expectFiring('TemporalAgentModelRateLimited', input, { '20m': 0, '40m': 0 });
  });
});

describe('TemporalAgentModelSlow', () => {
  const bucket = (le: string, perMinute: number) =>
    series('llmCallDuration', { ...MODEL, outcome: 'ok', le }, `0+${perMinute}x60`, '_bucket');
  const durations = (below120: number, all: number) => [
    bucket('60', 0),
    bucket('120', below120),
    bucket('300', all),
    bucket('+Inf', all),
    calls('ok', all),
  ];

  test('fires when calls take longer than two minutes', async () => {
    await expectFiring('TemporalAgentModelSlow', durations(1, 10), { '9m': 0, '40m': 1 });
  });

  test('is silent when all but few take less, or few are made', async () => {
    await expectFiring('TemporalAgentModelSlow', durations(10, 10), { '40m': 0 });
    await expectFiring('TemporalAgentModelSlow', durations(0, 1), { '40m': 0 });
  });
});

const NO_BUDGET = { tokensPerHour: Number.POSITIVE_INFINITY, costPerHourUsd: Number.POSITIVE_INFINITY };

describe.each([
  {
    alert: 'TemporalAgentTokenBurn',
    keys: ['llmInputTokens', 'llmOutputTokens'] as const,
    budgetOf: 'tokensPerHour',
    budget: 1_000_000,
  },
  { alert: 'TemporalAgentCostBurn', keys: ['llmCost'] as const, budgetOf: 'costPerHourUsd', budget: 10 },
])('$alert', ({ alert, keys, budgetOf, budget }) => {
  const spent = (perHour: number, labels = {}) =>
    keys.map((key) => series(key, { ...MODEL, ...labels }, `0+${perHour / keys.length / 60}x120`));

  test('fires over the budget, and not below it', async () => {
    await expectFiring(alert, spent(budget * 1.5), { '90m': 1 });
    await expectFiring(alert, spent(budget * 0.8), { '90m': 0 });
  });

  test('is that of the task type where it has one of its own', async () => {
    const own = { [budgetOf]: budget * 3 };
    const taskTypes = new Map([
      ['research', own],
      [`it's "a\\b"`, own],
    ]);
    const config = { ...CONFIG, thresholds: { ...CONFIG.thresholds, taskTypes } };
    for (const task_type of taskTypes.keys()) {
      await expectFiring(alert, spent(budget * 2.5, { task_type }), { '90m': 0 }, config);
      await expectFiring(alert, spent(budget * 3.5, { task_type }), { '90m': 1 }, config);
    }
    const both = [...spent(budget * 2.5), ...spent(budget * 1.5, { task_type: 'another' })];
    await expectFiring(alert, both, { '90m': 1 }, config);
  });

  test('of one task type alone leaves the others without', async () => {
    const taskTypes = new Map([['research', { [budgetOf]: budget }]]);
    const config = { ...CONFIG, thresholds: { ...CONFIG.thresholds, ...NO_BUDGET, taskTypes } };
    await expectFiring(alert, spent(budget * 1.5), { '90m': 1 }, config);
    await expectFiring(alert, spent(budget * 100, { task_type: 'another' }), { '90m': 0 }, config);
  });

  test.each(keys)('counts %s where there is nothing else', async (key) => {
    await expectFiring(alert, [series(key, MODEL, `0+${(budget * 1.5) / 60}x120`)], { '90m': 1 });
  });

  test('does not exist without one', async () => {
    const config = { ...CONFIG, thresholds: { ...CONFIG.thresholds, ...NO_BUDGET } };
    await expectFiring(alert, spent(budget * 100), { '90m': 0 }, config);
  });
});
