import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { PAYLOAD_WARN_BYTES } from '#lib/definitions/limits';
import { ActivityWorker } from '../activity/support';
import { quietRuntime } from '../support/quiet-runtime';
import { cli } from './support/cli';

const namespace = 'cli-findings';
const activities = {
  produce: async (bytes: number) => 'x'.repeat(bytes),
  callModel: async () => ({
    object: 'chat.completion',
    model: 'gpt-4o-mini',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }],
  }),
};

let worker: ActivityWorker;
let near: { readonly workflowId: string; readonly runId: string };
let nameless: typeof near;

beforeAll(async () => {
  worker = await ActivityWorker.start(inject('temporalAddress'), namespace, activities);
  near = await worker.call('produce', [PAYLOAD_WARN_BYTES]);
  nameless = await worker.call('callModel');
  await worker.call('produce', [10]);
  const workflowsPath = require.resolve('../activity/workflows/index.ts');
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
  const plugins = [worker.plugin];
  await worker.server.during({ taskQueue: 'without-module', workflowBundle, plugins }, async () => {});
});

afterAll(() => worker.close());

const findings = (...args: string[]) =>
  cli('findings', '--namespace', namespace, '--content-dir', worker.effects.directory, ...args);

test('lists the affected runs, the newest first, beside the worker that found them', async () => {
  const { exitCode, out, err } = await findings();
  expect([exitCode, err]).toEqual([0, '']);
  const rows = out.split('\n').filter((line) => line.includes('call-'));
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatch(/^\d{4}-\S+Z {2}\w+ +usage-missing +call +/);
  expect(rows[0]).toMatch(new RegExp(`${nameless.workflowId} +${nameless.runId} +activity callModel returned`));
  expect(rows[1]).toMatch(/ warning +payload-near-limit +call +/);
  expect(rows[1]).toMatch(new RegExp(`${near.workflowId} +${near.runId} `));
});

test('--id and --since choose, --json gives all that is known', async () => {
  const { out } = await findings('--id', 'payload-near-limit', '--since', '1h', '--json');
  const { findings: listed, ...rest } = JSON.parse(out);
  expect(rest).toEqual({ namespace, since: expect.any(String), unreadable: 0, truncated: false });
  expect(Date.now() - Date.parse(rest.since)).toBeGreaterThanOrEqual(3_600_000);
  expect(listed).toMatchObject([
    {
      id: 'payload-near-limit',
      workflowId: near.workflowId,
      evidence: { subject: 'produce' },
    },
  ]);
});

test('what is about a whole worker is listed without a run', async () => {
  const { exitCode, out } = await findings('--id', 'workflow-module-missing');
  expect(exitCode).toBe(0);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^found /),
    expect.stringMatching(/ workflow-module-missing +- +- +- +\S/),
  ]);
});

test('no findings is exit code 0, and says what was looked for', async () => {
  for (const args of [
    ['--id', 'child-abandoned'],
    ['--namespace', 'empty'],
  ]) {
    const { exitCode, out } = await findings(...args);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^No findings.* in namespace ".*" since \d{4}-/);
  }
});

test.each([
  [['--id', 'child-abandonned'], 'expected one of llm-in-workflow, '],
  [['--since', 'yesterday'], 'for example 1h or 7d'],
  [['--since', '0h'], 'for example 1h or 7d'],
  [['--since', '5'], 'for example 1h or 7d'],
])('wrong usage is exit code 2: %s', async (args, words) => {
  const { exitCode, err } = await findings(...args);
  expect(exitCode).toBe(2);
  expect(err).toContain(words);
});

test('a directory that is not there is exit code 4, with what to name', async () => {
  const { exitCode, err } = await cli('findings', '--content-dir', '/no/such/directory');
  expect(exitCode).toBe(4);
  expect(err).toContain('/no/such/directory');
  expect(err).toContain('--content-dir');
});

test('the installed binary needs no Temporal', async () => {
  const main = path.join(import.meta.dirname, '../../lib/cli/main.js');
  const args = [main, 'findings', '--namespace', namespace, '--content-dir', worker.effects.directory];
  const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout).toContain(near.runId);
  const help = await promisify(execFile)(process.execPath, [main, 'findings', '--help']);
  expect(help.stdout).toContain('Examples:');
});
