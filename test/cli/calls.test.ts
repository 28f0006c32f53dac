import { setTimeout as sleep } from 'node:timers/promises';
import { APIError } from 'openai';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { CallsReport } from '#lib/cli/calls/report';
import { ActivityWorker } from '../activity/support';
import { cli } from './support/cli';

const namespace = 'cli-calls';

const answer = (model: string, more: object) => ({
  object: 'chat.completion',
  model,
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
  ...more,
});

let isLimited = true;

const activities = {
  callModel: async ({ model }: { model: string }) =>
    answer(`${model}-2024-08-06`, { usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 } }),
  refuse: async ({ model }: { model: string }) => ({
    object: 'chat.completion',
    model,
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: null, refusal: 'I will not' } },
    ],
  }),
  limited: async ({ model }: { model: string }) => {
    isLimited = !isLimited;
    if (!isLimited) throw APIError.generate(429, { message: 'slow down' }, 'slow down', new Headers());
    return answer(model, {});
  },
  slow: async ({ model }: { model: string }) => {
    await sleep(1200);
    return answer(model, {});
  },
  anonymous: async () => {
    throw APIError.generate(429, { message: 'slow down' }, 'slow down', new Headers());
  },
  search: async () => 'found',
};

let worker: ActivityWorker;
let runs: Record<'answered' | 'refused' | 'limited' | 'slow' | 'nameless', { workflowId: string; runId: string }>;

beforeAll(async () => {
  worker = await ActivityWorker.start(inject('temporalAddress'), namespace, activities);
  runs = {
    answered: await worker.call('callModel', [{ model: 'gpt-4o' }], { times: 2 }, { taskType: 'research' }),
    refused: await worker.call('refuse', [{ model: 'gpt-5.1' }]),
    limited: await worker.call('limited', [{ model: 'gpt-4.1' }], { attempts: 2 }, { taskType: 'triage' }),
    slow: await worker.call('slow', [{ model: 'gpt-5-mini' }]),
    nameless: await worker.call('callModel', [{ model: 'in-house' }]),
  };
  await worker.call('search');
});

afterAll(() => worker.close());

const calls = (...args: string[]) =>
  cli('calls', '--namespace', namespace, '--content-dir', worker.effects.directory, ...args);

async function reported(...args: string[]): Promise<CallsReport> {
  const { exitCode, out, err } = await calls('--json', ...args);
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out);
}

const named = ({ entries }: CallsReport) => entries.map(({ runId }) => runId);

test('every attempt of a model call is told, calls of a run that ended alike in one line', async () => {
  const report = await reported();
  expect(report).toMatchObject({
    version: 1,
    namespace,
    calls: 7,
    runs: 5,
    unlisted: 0,
    unreadable: 0,
    truncated: false,
  });
  expect(Date.now() - Date.parse(report.since)).toBeGreaterThanOrEqual(3_600_000);
  const { nameless, slow, limited, refused, answered } = runs;
  expect(named(report)).toEqual([nameless, slow, limited, limited, refused, answered].map(({ runId }) => runId));
  expect(report.entries.at(-1)).toEqual({
    taskType: 'research',
    workflowType: 'call',
    ...{ workflowId: answered.workflowId, runId: answered.runId },
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    outcome: 'ok',
    calls: 2,
    lastAt: expect.stringMatching(/^\d{4}-.*Z$/),
    longestMs: expect.any(Number),
    inputTokens: 2000,
    outputTokens: 1000,
    costUsd: expect.closeTo(2 * (0.0025 + 0.005), 6),
  });
  expect(report.entries[3]).toMatchObject({
    taskType: 'triage',
    model: 'gpt-4.1',
    provider: 'openai',
    outcome: 'error',
    errorType: 'rate_limited',
    calls: 1,
  });
  expect(report.entries[3]).not.toHaveProperty('costUsd');
});

test.each<[string, readonly string[], readonly (keyof typeof runs)[]]>([
  ['a task type', ['--task-type', 'triage'], ['limited', 'limited']],
  ['an outcome', ['--outcome', 'refusal'], ['refused']],
  ['one of several outcomes', ['--outcome', 'error,refusal'], ['limited', 'refused']],
  ['a class of error', ['--error-type', 'rate_limited,overloaded'], ['limited']],
  ['a model as it was asked for', ['--model', 'gpt-4o'], ['answered']],
  ['a model as it answered', ['--model', 'gpt-4o-2024-08-06'], ['answered']],
  ['a model of which another one is a prefix', ['--model', 'gpt-4'], []],
  ['a duration', ['--slower-than', '1.2s'], ['slow']],
  ['all of these', ['--provider', 'openai', '--model', 'gpt-4.1', '--outcome', 'ok'], ['limited']],
  ['the most tokens', ['--sort', 'tokens', '--limit', '1'], ['answered']],
  ['the highest cost', ['--sort', 'cost', '--limit', '1'], ['answered']],
  ['the longest', ['--sort', 'longest', '--limit', '1'], ['slow']],
])('chosen by %s', async (_, args, expected) => {
  const report = await reported(...args);
  expect(named(report)).toEqual(expected.map((name) => runs[name].runId));
});

test('for people, as a table, with what was left out', async () => {
  const { exitCode, out } = await calls('--limit', '5');
  expect(exitCode).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(/^7 model calls of 5 runs in namespace "cli-calls" since \d{4}-/);
  expect(lines[2]).toMatch(
    /^last +task type +provider +model +outcome +calls +longest +tokens +cost +workflow id +run id$/,
  );
  expect(lines[3]).toMatch(new RegExp(` in-house-2024-08-06 +ok +1 +\\d+ ms +1,500 +- +${runs.nameless.workflowId} `));
  expect(lines[6]).toMatch(
    new RegExp(` triage +openai +gpt-4.1 +error: rate_limited +1 +\\d+ ms +- +- +${runs.limited.workflowId} `),
  );
  expect(out).toContain('1 more line: choose a higher --limit, or fewer calls.');
});

test('none is exit code 0, and says where and since when was looked', async () => {
  const { exitCode, out } = await calls('--outcome', 'content_filter', '--since', '2d');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^No such model call in namespace "cli-calls" since \d{4}-/);
});

test.each([
  [['--outcome', 'broken'], 'expected one or more of ok, error, timeout'],
  [['--error-type', 'rate_limited,slow'], 'expected one or more of rate_limited, '],
  [['--slower-than', '5'], 'for example 1h or 7d'],
  [['--since', 'yesterday'], 'for example 1h or 7d'],
  [['--since', '32d'], 'expected 31d at most'],
  [['--limit', '0'], 'expected a whole number from 1 to'],
  [['--sort', 'name'], 'Allowed choices are last, longest, tokens, cost'],
])('wrong usage is exit code 2: %s', async (args, words) => {
  const { exitCode, err } = await calls(...args);
  expect(exitCode).toBe(2);
  expect(err).toContain(words);
});

test('a directory that is not there is exit code 4, with what to name', async () => {
  const { exitCode, err } = await cli('calls', '--content-dir', '/no/such/directory');
  expect(exitCode).toBe(4);
  expect(err).toContain('--content-dir');
});

test('an alert on a model that is not known names the runs all the same', async () => {
  const { workflowId } = await worker.call('anonymous');
  const { entries } = await reported('--model', 'unknown', '--error-type', 'rate_limited,overloaded');
  expect(entries).toMatchObject([{ workflowId, outcome: 'error', errorType: 'rate_limited' }]);
  expect(entries[0]).not.toHaveProperty('model');
});

test('names cannot steer the terminal or make rows of their own, and JSON keeps them', async () => {
  const model = 'gpt\u001b]0;title\u0007\u202e\nfake row';
  const task = { taskType: 'evil\u001b[2J' };
  const { workflowId } = await worker.call('refuse', [{ model }], {}, task);
  const where = ['--namespace', namespace, '--content-dir', worker.effects.directory];
  const told = await Promise.all([
    calls(),
    cli('explain', workflowId, '--address', inject('temporalAddress'), ...where),
    calls('--json'),
  ]);
  for (const { exitCode, out } of told) {
    expect(exitCode).toBe(0);
    expect(out).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
    expect(out).toContain('evil\\u001b[2J');
  }
  const [table, , json] = told.map(({ out }) => out);
  expect(table).not.toMatch(/^fake row/m);
  expect(JSON.parse(json ?? '').entries[0]).toMatchObject({ model, ...task });
});
