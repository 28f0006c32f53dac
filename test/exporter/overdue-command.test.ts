import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { describeWaits } from '#lib/cli/overdue/describe-waits';
import type { OverdueReport } from '#lib/cli/overdue/report';
import { cli } from '../cli/support/cli';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace } from '../support/temporal-server';
import { AgentNamespace, MINUTE } from './watching';
import { failsItsTask, waitsForApproval, waitsForMuch } from './workflows/waiting';

const TASK_QUEUE = 'waiting';
const SECRET = `sk-proj-${'a1b2c3d4'.repeat(5)}`;

const address = inject('temporalAddress');
let agents: AgentNamespace;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  quietRuntime();
  agents = await AgentNamespace.create(address, 'overdue-command');
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace: agents.namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: path.join(import.meta.dirname, 'workflows/waiting.ts'),
    activities: {
      callOut: (key: string) => Promise.reject(new TypeError(`refused ${key}`)),
    },
  });
  const running = worker.run();
  ends.push(async () => {
    worker.shutdown();
    await running;
    await connection.close();
    await agents.close();
  });
});

afterAll(async () => {
  for (const end of ends) await end();
});

/** Runs the command on the namespace of this file. */
function overdue(...flags: string[]) {
  return cli('overdue', '--address', address, '--namespace', agents.namespace, ...flags);
}

async function report(...flags: string[]): Promise<OverdueReport> {
  const { exitCode, out, err } = await overdue('--json', ...flags);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  return JSON.parse(out);
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * MINUTE);

describe('agents that hang', () => {
  const SUPPORT = ['--task-type', 'support', '--expected', '30m'];

  beforeAll(async () => {
    const identity = { AgentTaskType: 'support', AgentTaskId: 'T-1', AgentSessionId: 'S-1' };
    const state = { AgentIteration: 12, AgentTokens: 45_210, AgentModel: 'gpt-5-mini', AgentLastTool: 'search' };
    await agents.start(
      { ...identity, ...state, AgentTaskStartedAt: minutesAgo(192) },
      { workflowType: waitsForMuch.name, workflowId: 'much', taskQueue: TASK_QUEUE, args: [SECRET] },
    );
    await agents.start(
      {
        ...{ AgentTaskType: 'support', AgentTaskStartedAt: minutesAgo(90) },
        ...{ AgentApprovalState: 'escalated', AgentApprovalDueAt: minutesAgo(10) },
      },
      { workflowType: waitsForApproval.name, workflowId: 'approval', taskQueue: TASK_QUEUE },
    );
    await agents.start(
      { AgentTaskType: 'support', AgentTaskStartedAt: minutesAgo(60) },
      { workflowType: failsItsTask.name, workflowId: 'failing', taskQueue: TASK_QUEUE, args: [SECRET] },
    );
    await agents.start(
      { AgentTaskType: 'support', AgentTaskStartedAt: minutesAgo(45) },
      { workflowType: waitsForApproval.name, workflowId: 'untaken' },
    );
    await agents.start(
      { AgentTaskType: 'support', AgentTaskStartedAt: minutesAgo(5) },
      { workflowType: waitsForApproval.name, workflowId: 'young', taskQueue: TASK_QUEUE },
    );
    await agents.seen(5, "AgentTaskType = 'support'");
  });

  test('are listed oldest first, with their age, their state, and what each waits for', async () => {
    const found = await vi.waitFor(
      async () => {
        const current = await report(...SUPPORT);
        const waits = (of: string) => current.runs.find(({ workflowId }) => workflowId === of)?.waitingFor ?? [];
        expect(waits('much').map(({ kind }) => kind)).toEqual(['activity', 'child', 'timer']);
        expect(waits('approval').map(({ kind }) => kind)).toEqual(['approval']);
        for (const of of ['much', 'failing']) expect(waits(of)[0]).toHaveProperty('attempt', expect.any(Number));
        for (const of of ['much', 'failing']) expect(waits(of)[0]).not.toHaveProperty('attempt', 1);
        return current;
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(found).toMatchObject({
      ...{ version: 1, namespace: agents.namespace, overdue: 4, notes: [] },
      taskTypes: [{ taskType: 'support', source: 'given', expectedMs: 30 * MINUTE }],
    });
    expect(found.runs.map(({ workflowId }) => workflowId)).toEqual(['much', 'approval', 'failing', 'untaken']);
    const [much, approval, failing, untaken] = found.runs;
    expect(much).toMatchObject({
      ...{ taskType: 'support', workflowType: 'waitsForMuch', taskQueue: TASK_QUEUE, taskId: 'T-1', sessionId: 'S-1' },
      ...{ iteration: 12, tokens: 45_210, model: 'gpt-5-mini', lastTool: 'search' },
      ...{ expectedMs: 30 * MINUTE, source: 'given' },
    });
    expect(much?.ageMs).toBeGreaterThanOrEqual(192 * MINUTE);
    expect(much?.ageMs).toBe(Date.parse(found.at) - Date.parse(much?.startedAt ?? ''));
    expect(much?.waitingFor).toMatchObject([
      { kind: 'activity', activityType: 'callOut', lastFailure: { type: 'TypeError' } },
      { kind: 'child', workflowType: 'waitsForApproval' },
      { kind: 'timer', firesAt: expect.any(String) },
    ]);
    expect(approval?.waitingFor).toEqual([{ kind: 'approval', state: 'escalated', dueAt: approval?.approvalDueAt }]);
    expect(approval).toMatchObject({ approvalState: 'escalated' });
    expect(approval).not.toHaveProperty('iteration');
    expect(failing?.waitingFor).toMatchObject([
      { kind: 'workflow-task', lastFailure: { message: expect.stringContaining('no such thing as') } },
    ]);
    expect(untaken?.waitingFor).toMatchObject([{ kind: 'workflow-task', attempt: 1 }]);
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  test('are printed for people', async () => {
    const { exitCode, out } = await overdue(...SUPPORT);
    expect(exitCode).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toBe('4 agents are overdue in namespace "overdue-command", oldest first.');
    expect(lines[2]).toBe('support  much');
    expect(out).toMatch(/ {2}age +3 h 12 min, expected 30 min 0 s \(given\)\n/);
    expect(out).toMatch(/ {2}tokens +45,210\n/);
    expect(out).toMatch(/ {2}waits for +activity callOut \(1\): .* last failure: TypeError: refused /);
    expect(out).toMatch(/\n +child waitsForApproval /);
    expect(out).toMatch(/\n +timer 1: fires /);
    expect(out).toMatch(/ {2}waits for +an approval: escalated, due /);
    expect(out).toMatch(
      / {2}waits for +a worker: its workflow task fails again and again \(attempt \d+\): .*no such thing as/,
    );
    expect(out).toMatch(/ {2}waits for +a worker that takes its workflow task/);
    expect(out).not.toContain(SECRET);
    expect(out).not.toContain('young');
  });

  test('are listed up to the limit, the oldest, and it is said how many there are', async () => {
    const { runs, overdue: total } = await report(...SUPPORT, '--limit', '2');
    expect(total).toBe(4);
    expect(runs.map(({ workflowId }) => workflowId)).toEqual(['much', 'approval']);
    expect((await overdue(...SUPPORT, '--limit', '2')).out).toContain(
      '4 agents are overdue in namespace "overdue-command"; the 2 oldest are listed.',
    );
  });

  test('are an exit code for scripts that ask for one', async () => {
    const { exitCode, out, err } = await overdue(...SUPPORT, '--fail', '--json');
    expect(exitCode).toBe(1);
    expect(err).toContain('4 agents are overdue.');
    expect(JSON.parse(out)).toMatchObject({ overdue: 4 });
    expect((await overdue('--task-type', 'support', '--expected', '1d', '--fail')).exitCode).toBe(0);
  });
});

describe('what one of them waits for', () => {
  test('is told with what was not read of a long history', async () => {
    const handle = await agents.start(
      { AgentTaskType: 'long' },
      { workflowType: waitsForMuch.name, taskQueue: TASK_QUEUE, args: ['nothing'] },
    );
    const run = { workflowId: handle.workflowId, runId: (await handle.describe()).runId };
    const kinds = async (maxEvents: number) => {
      const waits = await describeWaits(agents.connection.workflowService, agents.namespace, run, maxEvents);
      return { kinds: waits?.waitingFor.map(({ kind }) => kind), note: waits?.note };
    };
    const note = expect.stringMatching(/only the newest 3 of \d+ events were read: timers/);
    await vi.waitFor(
      async () => {
        expect(await kinds(100)).toEqual({ kinds: ['activity', 'child', 'timer'], note: undefined });
        expect(await kinds(3)).toEqual({ kinds: ['activity', 'child'], note });
      },
      { timeout: 20_000, interval: 100 },
    );
    await handle.terminate();
    expect(await describeWaits(agents.connection.workflowService, agents.namespace, run)).toBeUndefined();
  });
});

test('nothing is overdue of types of which nothing is known, and the command says what can be done', async () => {
  await agents.start({ AgentTaskType: 'unknown', AgentTaskStartedAt: minutesAgo(10_000) });
  await agents.seen(1, "AgentTaskType = 'unknown'");
  const { exitCode, out } = await overdue('--task-type', 'unknown');
  expect(exitCode).toBe(0);
  expect(out).toContain('is known to be overdue: nothing is expected of its task type yet.');
  expect(out).toMatch(/unknown +- +not known yet, from 0 completed runs: .*--expected/);
  expect(await report('--task-type', 'unknown')).toMatchObject({
    ...{ overdue: 0, runs: [], taskTypes: [{ taskType: 'unknown', source: 'observed', sample: 0 }] },
  });
});

test('what the exporter is configured to expect is expected here too', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'overdue-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = path.join(directory, 'exporter.yaml');
  writeFileSync(file, 'taskTypes:\n  configured:\n    expected: 2h\nexpected:\n  minimumSample: 10\n');
  for (const [workflowId, minutes] of [
    ['over', 121],
    ['under', 119],
  ] as const) {
    await agents.start({ AgentTaskType: 'configured', AgentTaskStartedAt: minutesAgo(minutes) }, { workflowId });
  }
  await agents.seen(2, "AgentTaskType = 'configured'");
  const found = await report('--config', file);
  expect(found.taskTypes).toContainEqual({ taskType: 'configured', source: 'configured', expectedMs: 120 * MINUTE });
  expect(found.runs).toMatchObject([
    { workflowId: 'over', expectedMs: 120 * MINUTE, source: 'configured', waitingFor: [{ kind: 'workflow-task' }] },
  ]);

  writeFileSync(file, 'namespaces: [one, two]\n');
  const { exitCode, err } = await cli('overdue', '--address', address, '--config', file);
  expect(exitCode).toBe(2);
  expect(err).toContain('Choose one with --namespace: one, two');
});

describe('without agents', () => {
  test('says that none runs', async () => {
    const empty = await AgentNamespace.create(address, 'overdue-empty');
    onTestFinished(() => empty.close());
    const { exitCode, out } = await cli('overdue', '--address', address, '--namespace', 'overdue-empty');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'No agent runs in namespace "overdue-empty".' });
  });

  test('says how to register what is missing', async () => {
    await createNamespace(address, 'overdue-unprepared');
    const { exitCode, err } = await cli('overdue', '--address', address, '--namespace', 'overdue-unprepared');
    expect(exitCode).toBe(1);
    expect(err).toContain('AgentTaskType');
    expect(err).toContain('setup');
  });

  test('says that there is no such namespace', async () => {
    const { exitCode, err } = await cli('overdue', '--address', address, '--namespace', 'nowhere');
    expect(exitCode).toBe(4);
    expect(err).toContain('nowhere');
  });
});
