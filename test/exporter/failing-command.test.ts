import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { failingRuns } from '#lib/cli/failing/find-failing';
import type { FailingReport } from '#lib/cli/failing/report';
import type { Visibility } from '#lib/client/visibility';
import { TemporalDescriber } from '#lib/exporter/temporal-describer';
import { TemporalRequests } from '#lib/exporter/temporal-requests';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import { cli } from '../cli/support/cli';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { REPORTED, WatchedServer } from './support/watched-server';

const NAMESPACE = 'failing-command';
const TASK_QUEUE = 'failing-command';
/** The second attempt comes at once, the third when the second has timed out. */
const SECOND = ['--attempts', '2'];
const WAIT = { timeout: 30_000, interval: 250 };

const address = inject('temporalAddress');
let server: WatchedServer;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  quietRuntime();
  server = await WatchedServer.create(address, NAMESPACE);
  const connection = await NativeConnection.connect({ address });
  const logger = new DefaultLogger('ERROR', () => {});
  const workflowsPath = require.resolve('./workflows/agents.ts');
  const worker = await Worker.create({
    connection,
    namespace: NAMESPACE,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger }),
    buildId: 'build-7',
    activities: { work: async () => {} },
    // Every workflow task replays the run.
    maxCachedWorkflows: 0,
  });
  const running = worker.run();
  ends.push(async () => {
    await server.terminateAll();
    worker.shutdown();
    await running;
    await connection.close();
    await server.close();
  });
});

afterAll(async () => {
  for (const end of ends) await end();
});

const failing = (...flags: string[]) => cli('failing', '--address', address, '--namespace', NAMESPACE, ...flags);

async function report(...flags: string[]): Promise<FailingReport> {
  const { exitCode, out, err } = await failing('--json', ...flags);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out);
}

test('healthy agents, and those that no worker takes, do not fail', async () => {
  await server.start('idle', { AgentTaskType: 'healthy' }, { type: 'waiting', taskQueue: TASK_QUEUE });
  await server.start('untaken', { AgentTaskType: 'healthy' }, { type: 'waiting', taskQueue: 'nobody' });
  await server.shown("ExecutionStatus = 'Running'", 2);
  expect(await report(...SECOND, '--task-type', 'healthy')).toMatchObject({
    ...{ version: 1, namespace: NAMESPACE, source: 'sample', lookedAt: 2, failing: 0, runs: [], notes: [] },
  });
  const { exitCode, out } = await failing(...SECOND, '--fail');
  expect(exitCode).toBe(0);
  expect(out).toBe(`No workflow task of an agent fails in namespace "${NAMESPACE}" among 2 running agents.`);
});

describe('agents whose workflow task fails again and again', () => {
  let found: FailingReport;

  beforeAll(async () => {
    const wavering = await server.start(
      'wavering',
      { AgentTaskType: 'support', AgentTaskId: 'T-1', AgentSessionId: 'S-1' },
      { type: 'wavering', taskQueue: TASK_QUEUE },
    );
    for (const type of ['throwing', 'fetching']) {
      await server.start(type, { AgentTaskType: 'support' }, { type, taskQueue: TASK_QUEUE });
    }
    // What begins and is signalled in one task is not replayed.
    await vi.waitFor(async () => expect((await wavering.describe()).historyLength).toBeGreaterThan(3), WAIT);
    await wavering.signal('change', 'submitted', 0);
    found = await vi.waitFor(async () => {
      const current = await report(...SECOND, '--task-type', 'support');
      expect(current.runs).toHaveLength(3);
      return current;
    }, WAIT);
  });

  const run = (workflowId: string) => found.runs.find((each) => each.workflowId === workflowId);

  test('are listed with attempt, error, what is known of it, and since when', () => {
    expect(found).toMatchObject({ source: 'sample', lookedAt: 3, failing: 3, notes: [] });
    expect(run('throwing')).toMatchObject({
      ...{ taskType: 'support', workflowType: 'throwing', taskQueue: TASK_QUEUE, error: 'RangeError' },
      ...{ buildId: 'build-7', since: expect.any(String) },
    });
    expect(run('throwing')).not.toHaveProperty('finding');
    expect(run('wavering')).toMatchObject({
      ...{ taskId: 'T-1', sessionId: 'S-1', finding: { id: 'nondeterminism' } },
      finding: { message: expect.stringContaining('history has TimerStarted at event 5') },
    });
    expect(run('wavering')).not.toHaveProperty('error');
    expect(run('fetching')).toMatchObject({ finding: { id: 'llm-in-workflow' } });
    for (const { attempt, since = '', startedAt } of found.runs) {
      expect(attempt).toBeGreaterThanOrEqual(2);
      expect(Date.parse(since)).toBeGreaterThanOrEqual(Date.parse(startedAt));
      expect(Date.parse(since)).toBeLessThanOrEqual(Date.parse(found.at));
    }
    expect(found.runs.map(({ since }) => since)).toEqual(found.runs.map(({ since }) => since).sort());
    // What an application throws may quote what a model said.
    expect(JSON.stringify(found)).not.toContain('do not tell anybody');
  });

  test('are printed for people', async () => {
    const { exitCode, out } = await failing(...SECOND);
    expect(exitCode).toBe(0);
    expect(out.split('\n')[0]).toBe(
      `3 agents stand still in namespace "${NAMESPACE}" among 5 running agents: the workflow task fails again and again.`,
    );
    expect(out).toMatch(/\nsupport {2}throwing\n/);
    expect(out).toMatch(/ {2}attempt +\d+\n/);
    expect(out).toMatch(/ {2}since +\d{4}-\S+Z, \d/);
    expect(out).toMatch(/ {2}error +RangeError\n/);
    expect(out).toMatch(/ {2}finding +nondeterminism: a run of workflow wavering cannot be replayed/);
    expect(out).toMatch(/ {2}build +build-7\n/);
    expect(out).not.toContain('do not tell anybody');
  });

  test('are an exit code for scripts that ask for one, and a count where more than the limit fail', async () => {
    const { exitCode, out, err } = await failing(...SECOND, '--limit', '1', '--json', '--fail');
    expect(exitCode).toBe(1);
    expect(err).toContain('3 agents stand still.');
    expect(JSON.parse(out)).toMatchObject({ failing: 3, runs: { length: 1 } });
  });

  test('are not told from those that have failed less often than is asked for', async () => {
    expect(await report('--attempts', '1000')).toMatchObject({ failing: 0, lookedAt: 5 });
  });

  test('are those that the server reports, where it does, however young and however often they failed', async () => {
    await registerSearchAttributes(address, NAMESPACE, [{ name: REPORTED, type: 'KeywordList' }]);
    const problems = { [REPORTED]: ['category=WorkflowTaskFailed', 'cause=Unspecified'] };
    for (const id of ['reported-1', 'reported-2']) {
      await server.start(id, { AgentTaskType: 'told', ...problems }, { type: 'throwing', taskQueue: TASK_QUEUE });
    }
    await server.start('told-idle', { AgentTaskType: 'told' }, { type: 'waiting', taskQueue: TASK_QUEUE });
    await server.shown("AgentTaskType = 'told'", 3);
    const actual = new TemporalVisibility(server.connection, NAMESPACE);
    const renamed = (condition: string) => condition.replaceAll('TemporalReportedProblems', REPORTED);
    const visibility: Visibility = {
      count: (query, condition) => actual.count(query, renamed(condition)),
      list: (query, condition, limit) => actual.list(query, renamed(condition), limit),
    };
    const requests = new TemporalRequests(server.connection, { requestsPerSecond: 1000 });
    const sources = { visibility, describer: new TemporalDescriber(requests, NAMESPACE) };
    const ask = (limit: number) =>
      failingRuns(sources, { taskType: 'told', limit, sample: 10, attempts: 1000 }, Date.now(), () => {});
    const all = await ask(10);
    expect(all).toMatchObject({ source: 'server', total: 2, notes: [] });
    expect(all.runs.map(({ run }) => run.workflowId).sort()).toEqual(['reported-1', 'reported-2']);
    expect(await ask(1)).toMatchObject({ source: 'server', total: 2, runs: { length: 1 } });
  });

  test('are looked for among the oldest and the newest where more run than may be described, and that is said', async () => {
    const { lookedAt, notes } = await report(...SECOND, '--sample', '4');
    expect(lookedAt).toBe(4);
    expect(notes).toEqual([expect.stringContaining('only the 4 oldest and newest were')]);
  });
});

test('a namespace without our attributes, and one that does not exist, are told apart', async () => {
  await createNamespace(address, 'failing-unprepared');
  const unprepared = await cli('failing', '--address', address, '--namespace', 'failing-unprepared');
  expect(unprepared).toMatchObject({ exitCode: 1, err: expect.stringContaining('setup') });
  const nowhere = await cli('failing', '--address', address, '--namespace', 'nowhere');
  expect(nowhere).toMatchObject({ exitCode: 4, err: expect.stringContaining('nowhere') });
  expect(await failing('--sample', '1')).toMatchObject({ exitCode: 2 });
});
