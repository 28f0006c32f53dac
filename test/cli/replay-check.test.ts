import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { AgentObservabilityPlugin, SEARCH_ATTRIBUTES } from 'temporal-agent-observability';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { spread } from '#lib/cli/replay-check/open-runs';
import type { ReplayReport } from '#lib/cli/replay-check/report';
import { quietRuntime } from '../support/quiet-runtime';
import { createNamespace, registerSearchAttributes } from '../support/temporal-server';
import { cli } from './support/cli';

const address = inject('temporalAddress');
const deployed = require.resolve('./support/replay-check/deployed.ts');
const changed = require.resolve('./support/replay-check/changed.ts');
const reduced = require.resolve('./support/replay-check/reduced.ts');
const directory = mkdtempSync(path.join(tmpdir(), 'cli-replay-check-'));

const CONVERTER = './support/replay-check/data-converter.cjs';
const { dataConverter } = require(CONVERTER) as { dataConverter: DataConverter };

const WAIT = { timeout: 20_000, interval: 50 };
const NAMESPACE = 'replay-check';
const RUNS: readonly (readonly [workflowType: string, taskQueue: string, workflowId: string])[] = [
  ['research', 'agents', 'research-1'],
  ['research', 'agents', 'research-2'],
  ['research', 'plain', 'research-plain'],
  ['support', 'agents', 'support-1'],
  ['support', 'plain', 'support-signalled'],
  ['watch', 'agents', 'watch-1'],
  ['stuck', 'agents', 'stuck-1'],
  ['notBegun', 'nobody', 'not-begun'],
];

let client: Client;
let native: NativeConnection;
let letGo = (): void => {};
const stuck = new Promise<void>((resolve) => {
  letGo = resolve;
});
const workers: { worker: Worker; done: Promise<void> }[] = [];

const activities = {
  async callModel(prompt: string): Promise<string> {
    if (prompt === 'for ever') await stuck;
    return prompt;
  },
  async search(query: string): Promise<string> {
    return query;
  },
};

const plugin = () => new AgentObservabilityPlugin({ metrics: 'off', content: 'off', logger: quietRuntime() });

async function startWorker(taskQueue: string, options: Partial<WorkerOptions>): Promise<Worker> {
  const worker = await Worker.create({ connection: native, namespace: NAMESPACE, taskQueue, activities, ...options });
  workers.push({ worker, done: worker.run() });
  return worker;
}

async function untilTasks(workflowId: string, tasks: number): Promise<void> {
  const { EVENT_TYPE_WORKFLOW_TASK_COMPLETED } = temporal.api.enums.v1.EventType;
  await vi.waitFor(async () => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const completed = events?.filter(({ eventType }) => eventType === EVENT_TYPE_WORKFLOW_TASK_COMPLETED) ?? [];
    expect(completed.length).toBeGreaterThanOrEqual(tasks);
  }, WAIT);
}

async function untilOpen(query: string, runs: number): Promise<void> {
  await vi.waitFor(async () => expect((await client.workflow.count(query)).count).toBe(runs), WAIT);
}

beforeAll(async () => {
  quietRuntime();
  await createNamespace(address, NAMESPACE);
  await registerSearchAttributes(address, NAMESPACE, SEARCH_ATTRIBUTES);
  native = await NativeConnection.connect({ address });
  client = new Client({ connection: await Connection.connect({ address }), namespace: NAMESPACE });
  await startWorker('agents', { workflowsPath: deployed, plugins: [plugin()] });
  const plain = await startWorker('plain', { workflowsPath: deployed });
  for (const [workflowType, taskQueue, workflowId] of RUNS) {
    await client.workflow.start(workflowType, { taskQueue, workflowId, args: ['a question'] });
  }
  for (const [workflowType, taskQueue, workflowId] of RUNS) {
    if (taskQueue !== 'nobody') await untilTasks(workflowId, { research: 3, support: 2 }[workflowType] ?? 1);
  }
  await untilOpen("ExecutionStatus = 'Running'", RUNS.length);
  // A history that ends in the middle, with a message that no worker has taken.
  plain.shutdown();
  await workers.find(({ worker }) => worker === plain)?.done;
  await client.workflow.getHandle('support-signalled').signal('proceed');
});

afterAll(async () => {
  letGo();
  for (const [, , workflowId] of RUNS) {
    await client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => undefined);
  }
  for (const { worker } of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(workers.map(({ done }) => done));
  await client.connection.close();
  await native.close();
  rmSync(directory, { recursive: true, force: true });
});

const replayCheck = (...args: string[]) => cli('replay-check', '--address', address, '--namespace', NAMESPACE, ...args);

async function report(...args: string[]): Promise<{ exitCode: number; err: string; report: ReplayReport }> {
  const { exitCode, out, err } = await replayCheck(...args, '--json');
  return { exitCode, err, report: JSON.parse(out) };
}

async function bundle(name: string, workflowsPath: string, plugins: AgentObservabilityPlugin[]): Promise<string> {
  const file = path.join(directory, name);
  writeFileSync(file, (await bundleWorkflowCode({ workflowsPath, plugins, logger: quietRuntime() })).code);
  return file;
}

const verdicts = ({ workflowTypes }: ReplayReport) =>
  Object.fromEntries(workflowTypes.map(({ workflowType, verdict }) => [workflowType, verdict]));

const ALL_COMPATIBLE = {
  notBegun: 'compatible',
  research: 'compatible',
  stuck: 'compatible',
  support: 'compatible',
  watch: 'compatible',
};

describe('the code that the runs began with', () => {
  test('is compatible, with runs that write search attributes and runs that do not', async () => {
    const { exitCode, err, report: checked } = await report('--workflows', deployed);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(checked).toMatchObject({
      namespace: NAMESPACE,
      compatible: true,
      findings: [],
      unchecked: [],
      elsewhere: [],
    });
    expect(verdicts(checked)).toEqual(ALL_COMPATIBLE);
    expect(checked.workflowTypes).toContainEqual({
      workflowType: 'research',
      verdict: 'compatible',
      open: 3,
      openIsMinimum: false,
      checked: 3,
      compatible: 3,
      diverging: 0,
      failing: 0,
      unchecked: 0,
    });
  });

  test('is compatible as a bundle that was built with the plugin', async () => {
    const file = await bundle('with.js', deployed, [plugin()]);
    const { exitCode, report: checked } = await report('--bundle', file);
    expect({ exitCode, verdicts: verdicts(checked) }).toEqual({ exitCode: 0, verdicts: ALL_COMPATIBLE });
  });

  test('built without the plugin cannot take the runs that it wrote, and takes the others', async () => {
    const file = await bundle('without.js', deployed, []);
    const { exitCode, err, report: checked } = await report('--bundle', file, '--query', "WorkflowType = 'research'");
    expect(exitCode).toBe(1);
    expect(err).toContain('The bundle was built without the plugin');
    expect(checked.workflowTypes).toMatchObject([{ compatible: 1, diverging: 2 }]);
    expect(checked.findings.map(({ workflowId }) => workflowId).sort()).toEqual(['research-1', 'research-2']);
  });
});

describe('changed code', () => {
  test('has its verdict by workflow type, and the run and the command that diverge first', async () => {
    const { exitCode, out, err } = await replayCheck('--workflows', changed);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^diverges +research +3 +3 +0 +3 +0 +0$/m);
    expect(out).toMatch(/^fails +watch +1 +1 +0 +0 +1 +0$/m);
    expect(out).toMatch(/^compatible +support +2 +2 +2 +0 +0 +0$/m);
    expect(out).toContain(
      'critical  replay-incompatible  an open run of workflow research cannot be replayed by this code: history has activity callModel where the code now runs activity search',
    );
    expect(out).toContain('and 2 other runs of this type');
    expect(out).toContain('patched(...)');
    expect(err).toBe('error: Open runs cannot go on with this code: research, watch.');
  });

  test('is reported as findings, one a run', async () => {
    const { exitCode, report: checked } = await report('--workflows', changed);
    expect(exitCode).toBe(1);
    expect(checked.compatible).toBe(false);
    expect(checked.findings).toHaveLength(4);
    expect(checked.findings.find(({ workflowId }) => workflowId === 'research-1')).toEqual({
      finding: 'replay-incompatible',
      severity: 'critical',
      workflowType: 'research',
      workflowId: 'research-1',
      runId: expect.any(String),
      message: expect.stringContaining('where the code now runs activity search'),
      advice: expect.stringContaining('patched'),
      evidence: { command: 'activity search', event: 'activity callModel' },
    });
  });

  test('that throws where history goes on is told apart, what was thrown beside the message', async () => {
    const { report: checked } = await report('--workflows', changed, '--query', "WorkflowType = 'watch'");
    const [finding] = checked.findings;
    expect(finding).toMatchObject({ workflowId: 'watch-1', error: 'no such plan' });
    expect(finding?.message).toMatch(/the code throws where history goes on, at watch .*changed\.ts/);
    expect(finding?.message).not.toContain('no such plan');
  });
});

describe('code that lacks a workflow type', () => {
  const runs = (...args: string[]) => report('--workflows', reduced, ...args);

  test('fails for types on a task queue that it serves, and leaves other queues alone', async () => {
    const { exitCode, err, report: checked } = await runs();
    expect(exitCode).toBe(1);
    expect(verdicts(checked)).toEqual({
      research: 'not defined',
      stuck: 'not defined',
      support: 'compatible',
      watch: 'not defined',
    });
    expect(checked.findings.map(({ message }) => message)).toContain(
      'this code has no workflow research, of which there are 3 open runs',
    );
    expect(checked.elsewhere).toEqual(['notBegun']);
    expect(err).toContain('open runs of notBegun');
  });

  test('fails for every type that a query leaves', async () => {
    const { exitCode, report: checked } = await runs('--query', "TaskQueue = 'nobody'");
    expect({ exitCode, verdicts: verdicts(checked) }).toEqual({ exitCode: 1, verdicts: { notBegun: 'not defined' } });
  });

  test('passes when the query leaves only what it has', async () => {
    const { exitCode, report: checked } = await runs('--query', "WorkflowType = 'support'");
    expect({ exitCode, verdicts: verdicts(checked) }).toEqual({ exitCode: 0, verdicts: { support: 'compatible' } });
  });
});

test('code with a default export has every workflow type', async () => {
  const any = require.resolve('./support/replay-check/any.ts');
  const { report: checked } = await report('--workflows', any, '--query', "TaskQueue = 'agents'");
  expect(verdicts(checked)).toMatchObject({ support: 'compatible', research: 'diverges' });
});

describe('which runs', () => {
  test('--task-type: those that have it', async () => {
    const { report: checked } = await report('--workflows', deployed, '--task-type', 'research');
    // The run of the worker without the plugin has none.
    expect(checked.workflowTypes).toMatchObject([{ workflowType: 'research', open: 2, checked: 2 }]);
  });

  test('--task-type says so when the attribute is not registered', async () => {
    const flags = ['--address', address, '--workflows', deployed, '--task-type', 'research'];
    await createNamespace(address, 'replay-check-bare');
    const { exitCode, err } = await cli('replay-check', '--namespace', 'replay-check-bare', ...flags);
    expect(exitCode).toBe(1);
    expect(err).toContain('AgentTaskType, which namespace "replay-check-bare" does not have');
  });

  test('--limit: so many of each workflow type', async () => {
    const { report: checked } = await report('--workflows', deployed, '--limit', '1');
    const counts = checked.workflowTypes.map(({ workflowType, open, checked: replayed }) => [
      workflowType,
      open,
      replayed,
    ]);
    expect(counts).toEqual([
      ['notBegun', 1, 1],
      ['research', 3, 1],
      ['stuck', 1, 1],
      ['support', 2, 1],
      ['watch', 1, 1],
    ]);
  });

  test('the limit is spread from the newest to the oldest', () => {
    expect(spread([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([1, 5, 9]);
    expect(spread([1, 2], 3)).toEqual([1, 2]);
  });

  test('none are open', async () => {
    const { exitCode, out } = await replayCheck('--workflows', deployed, '--query', "WorkflowId = 'nobody'");
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: `No open runs to check in namespace "${NAMESPACE}".` });
  });
});

describe('what belongs to the worker beside its workflow code', () => {
  const start = async (workflowId: string, options: Partial<WorkerOptions>) => {
    const worker = await startWorker(workflowId, { workflowsPath: deployed, plugins: [plugin()], ...options });
    const { dataConverter } = options;
    const starter = new Client({
      connection: client.connection,
      namespace: NAMESPACE,
      ...(dataConverter && { dataConverter }),
    });
    const handle = await starter.workflow.start('support', { workflowId, taskQueue: workflowId, args: ['a question'] });
    onTestFinished(async () => {
      await handle.terminate();
      worker.shutdown();
    });
    await untilTasks(workflowId, 2);
    await untilOpen(`WorkflowId = '${workflowId}'`, 1);
    return ['--workflows', deployed, '--query', `WorkflowId = '${workflowId}'`];
  };

  test('a codec is named; without it, runs whose payloads it wrote are unchecked', async () => {
    const flags = await start('with-codec', { dataConverter });
    const without = await report(...flags);
    expect(without.exitCode).toBe(1);
    expect(without.report).toMatchObject({
      findings: [],
      workflowTypes: [{ verdict: 'unchecked', checked: 0, unchecked: 1 }],
      unchecked: [{ workflowId: 'with-codec', reason: expect.stringContaining('--data-converter') }],
    });
    const { exitCode } = await report(...flags, '--data-converter', require.resolve(CONVERTER));
    expect(exitCode).toBe(0);
  });

  test('interceptors are named', async () => {
    const module = require.resolve('./support/replay-check/interceptors.ts');
    const flags = await start('with-interceptors', { interceptors: { workflowModules: [module] } });
    const without = await report(...flags);
    expect(without.exitCode).toBe(1);
    expect(without.report.findings[0]?.message).toContain('TimerStarted');
    const { exitCode } = await report(...flags, '--interceptors', module);
    expect(exitCode).toBe(0);
  });
});

test('prints nothing but its report to stdout, and ends', async () => {
  const main = path.join(__dirname, '../../lib/cli/main.js');
  const flags = ['--address', address, '--namespace', NAMESPACE, '--workflows', changed, '--json'];
  const ended = promisify(execFile)(process.execPath, [main, 'replay-check', ...flags]);
  const { code, stdout }: { code: number; stdout: string } = await ended.then(
    () => expect.fail('it succeeded'),
    (error) => error,
  );
  expect(code).toBe(1);
  expect(verdicts(JSON.parse(stdout))).toMatchObject({ research: 'diverges' });
});

describe('says clearly', () => {
  test.each<[string, number, string[], string]>([
    ['that no code is given', 2, [], 'Give either --workflows <path> or --bundle <file>.'],
    ['that there is no such code', 2, ['--workflows', '/nowhere/workflows.ts'], 'there is no /nowhere/workflows.ts'],
    ['that there is no such bundle', 2, ['--bundle', '/nowhere/bundle.js'], '--bundle cannot be read: ENOENT'],
    [
      'that there is no such interceptor module',
      2,
      ['--workflows', deployed, '--interceptors', '/nowhere/interceptors.js'],
      '--interceptors: there is no /nowhere/interceptors.js',
    ],
    [
      'that a module has no data converter',
      2,
      ['--workflows', deployed, '--data-converter', path.join(__dirname, '../../package.json')],
      '--data-converter: ',
    ],
    ['that the limit is none', 2, ['--workflows', deployed, '--limit', '0'], 'expected a whole number from 1'],
    ['that the query is none', 2, ['--workflows', deployed, '--query', 'nonsense ='], 'did not accept the request'],
    ['that there is no such namespace', 4, ['--workflows', deployed, '--namespace', 'nowhere'], 'nowhere'],
  ])('%s', async (_, expected, args, message) => {
    const { exitCode, err } = await replayCheck(...args);
    expect({ exitCode, err }).toEqual({ exitCode: expected, err: expect.stringContaining(message) });
  });
});
