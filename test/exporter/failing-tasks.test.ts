import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import type { Watch, WatchedNamespace } from '#lib/exporter/watch';
import { FailingTasksWatch } from '#lib/exporter/watches/failing-tasks';
import { OverdueWatch } from '#lib/exporter/watches/overdue';
import { quietRuntime } from '../support/quiet-runtime';
import { registerSearchAttributes } from '../support/temporal-server';
import { REPORTED, WatchedServer, type WatchingExporter } from './support/watched-server';

const MINUTE = 60_000;
/** The second attempt comes at once, the third when the second has timed out. */
const SECOND = { failingAttempts: 2 };
const WAIT = { timeout: 30_000, interval: 200 };
const UNREPORTED = 'TemporalReportedProblems IS NOT NULL';

let server: WatchedServer;
let native: NativeConnection;
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  quietRuntime();
  server = await WatchedServer.create(inject('temporalAddress'), 'exporter-failing', ['AgentTaskType']);
  await registerSearchAttributes(inject('temporalAddress'), server.namespace, [
    { name: REPORTED, type: 'KeywordList' },
  ]);
  native = await NativeConnection.connect({ address: inject('temporalAddress') });
  const logger = new DefaultLogger('ERROR', () => {});
  workflowBundle = await bundleWorkflowCode({ workflowsPath: require.resolve('./workflows/agents.ts'), logger });
});
afterEach(() => server.terminateAll());
afterAll(async () => {
  await native?.close();
  await server?.close();
});

const watch = (watched: WatchedNamespace) => new FailingTasksWatch(watched, { oldest: [] });
/** Polls what is overdue before, as an exporter does. */
function watchAfterOverdue(watched: WatchedNamespace): Watch {
  const overdue = new OverdueWatch(watched);
  const failing = new FailingTasksWatch(watched, overdue);
  return {
    query: failing.query,
    poll: async (poll) => {
      await overdue.poll(poll);
      await failing.poll(poll);
    },
  };
}
/** A poll at which what runs now is old enough to be looked at. */
const soon = () => Date.now() + MINUTE;

async function duringWorker(taskQueue: string, use: () => Promise<void>): Promise<void> {
  const worker = await Worker.create({
    connection: native,
    namespace: server.namespace,
    taskQueue,
    workflowBundle,
    buildId: 'build-7',
    activities: { work: async () => {} },
    // Every workflow task replays the run.
    maxCachedWorkflows: 0,
  });
  await worker.runUntil(use);
}

const started = (type: string, taskQueue: string, taskType = type) =>
  server.start(type, { AgentTaskType: taskType }, { type, taskQueue });

test('agents whose workflow task fails for ever are counted, found by their cause once, and forgotten when they end', async () => {
  await duringWorker('failing', async () => {
    const types = ['wavering', 'throwing', 'fetching', 'waiting'];
    const handles = await Promise.all(types.map((type) => started(type, 'failing')));
    await server.shown("ExecutionStatus = 'Running'", 4);
    const exporter = server.exporter(watch, SECOND);
    for (const handle of [handles[0], handles[3]]) {
      // What begins and is signalled in one task is not replayed.
      await vi.waitFor(async () => expect((await handle?.describe())?.historyLength).toBeGreaterThan(3), WAIT);
      await handle?.signal('change', 'submitted', 0);
    }
    await vi.waitFor(async () => {
      await exporter.poll(soon());
      expect(await exporter.values('workflow_tasks_failing')).toEqual({
        wavering: 1,
        throwing: 1,
        fetching: 1,
        waiting: 0,
      });
    }, WAIT);

    expect(exporter.found.map(({ id, workflowId }) => `${id} ${workflowId}`).sort()).toEqual([
      'llm-in-workflow fetching',
      'nondeterminism wavering',
    ]);
    const finding = (id: string) => exporter.found.find((found) => found.id === id);
    expect(finding('nondeterminism')).toMatchObject({
      message:
        'a run of workflow wavering cannot be replayed by the workers of task queue failing: history has TimerStarted at event 5 where the code now comes to an activity',
      runId: handles[0]?.firstExecutionRunId,
      taskType: 'wavering',
      severity: 'critical',
      evidence: { taskQueue: 'failing', buildId: 'build-7', event: 'TimerStarted', eventId: 5 },
    });
    expect(finding('llm-in-workflow')).toMatchObject({
      cause: 'fetch',
      evidence: { api: 'fetch' },
      taskType: 'fetching',
    });
    const lines = () => exporter.logger.lines.filter(({ message }) => message.includes('fails again and again'));
    expect(lines()).toMatchObject([{ level: 'WARN', meta: { workflowId: 'throwing', error: 'RangeError' } }]);
    expect(JSON.stringify([exporter.logger.lines, exporter.found])).not.toContain('do not tell anybody');

    await exporter.poll(soon());
    expect(exporter.found).toHaveLength(2);
    expect(lines()).toHaveLength(1);
    const patient = server.exporter(watch, { failingAttempts: 1000 });
    await patient.poll(soon());
    expect(Object.values(await patient.values('workflow_tasks_failing'))).toEqual([0, 0, 0, 0]);
    const other = server.exporter(watch, SECOND);
    await other.poll(soon());
    expect(await other.values('workflow_tasks_failing')).toEqual(await exporter.values('workflow_tasks_failing'));

    await server.terminate(...handles.slice(0, 3));
    await exporter.poll(soon());
    expect(await exporter.values('workflow_tasks_failing')).toEqual({ waiting: 0 });
    await server.terminate(...handles.slice(3));
    await exporter.poll(soon());
    expect(exporter.asked).toEqual([]);
    expect(await exporter.values('workflow_tasks_failing')).toEqual({});
  });
});

test('runs that no worker takes, and runs that have just begun, are not failing', async () => {
  await started('waiting', 'nobody-polls');
  await server.shown("ExecutionStatus = 'Running'", 1);
  const exporter = server.exporter(watch, SECOND);
  await exporter.poll(soon());
  await exporter.poll();
  expect(await exporter.values('workflow_tasks_failing')).toEqual({ waiting: 0 });
  expect(exporter.found).toEqual([]);
});

test('nothing is said where the server does not report failing tasks and no run may be described', async () => {
  await started('waiting', 'nobody-polls');
  await server.shown("ExecutionStatus = 'Running'", 1);
  const exporter = server.exporter(watch, { describeLimit: 0 });
  await exporter.poll(soon());
  expect(await exporter.values('workflow_tasks_failing')).toEqual({});
});

test('of more runs than may be described, the oldest and the newest of every task type are, and before them the overdue ones', async () => {
  await duringWorker('sampled', async () => {
    const fails = (taskType: string, name: string) =>
      server.start(name, { AgentTaskType: taskType }, { type: 'throwing', taskQueue: 'sampled' });
    const waits = (name: string) =>
      server.start(name, { AgentTaskType: 'common' }, { type: 'waiting', taskQueue: 'sampled' });
    const handles = [await fails('common', 'oldest')];
    for (let i = 0; i < 12; i++) handles.push(await waits(`waits-${i}`));
    handles.push(await fails('late', 'between'));
    for (let i = 12; i < 24; i++) handles.push(await waits(`waits-${i}`));
    handles.push(await fails('rare', 'rare'), await waits('last'), await fails('common', 'newest'));
    await server.shown("ExecutionStatus = 'Running'", handles.length);
    const caps = { ...SECOND, describeLimit: 4, listLimit: 16 };
    const exporter = server.exporter(watch, caps);
    await vi.waitFor(async () => {
      await exporter.poll(soon());
      expect(await exporter.values('workflow_tasks_failing')).toEqual({ common: 2, rare: 1, late: 0 });
    }, WAIT);
    const requests = (await exporter.values('exporter_requests_total')).failing_tasks ?? 0;
    await exporter.poll(soon() + 1);
    const inOnePoll = ((await exporter.values('exporter_requests_total')).failing_tasks ?? 0) - requests;
    // Four are described, the newest listed, and the oldest listed where they were found before.
    expect(inOnePoll).toBe(6);
    const other = server.exporter(watch, caps);
    await other.poll(soon() + 5 * MINUTE);
    expect(await other.values('workflow_tasks_failing')).toEqual({ common: 2, rare: 1, late: 0 });
    const expecting = server.exporter(watchAfterOverdue, { ...caps, taskTypes: { late: { expectedMs: MINUTE } } });
    await expecting.poll(soon());
    expect(await expecting.values('workflow_tasks_failing')).toMatchObject({ late: 1 });
    // One count and one list, for both.
    expect(await expecting.values('exporter_requests_total')).toMatchObject({ overdue: 2 });
  });
});

test('a server that reports no failing tasks is asked again after a while only, and that is no error', async () => {
  await started('waiting', 'nobody-polls');
  await server.shown("ExecutionStatus = 'Running'", 1);
  const exporter = server.exporter(watch, SECOND);
  const probes = () => exporter.asked.filter(({ condition }) => condition.includes(UNREPORTED)).length;
  const now = soon();
  await exporter.poll(now);
  expect(probes()).toBe(1);
  await exporter.poll(now + MINUTE);
  expect(probes()).toBe(0);
  await exporter.poll(now + 11 * MINUTE);
  expect(probes()).toBe(1);
  expect(await exporter.values('exporter_errors_total')).toMatchObject({ failing_tasks: 0 });
});

test('where the server reports failing tasks, all are counted, and why they fail is read of so many with each poll', async () => {
  await duringWorker('reported', async () => {
    const problems = { [REPORTED]: ['category=WorkflowTaskFailed', 'cause=Unspecified'] };
    const more = { type: 'fetching', taskQueue: 'reported' };
    for (let i = 0; i < 5; i++) await server.start(`a-${i}`, { AgentTaskType: 'a', ...problems }, more);
    await server.start('b', { AgentTaskType: 'b', ...problems }, more);
    // It fails, too, and is not reported, so that it may have been mended meanwhile.
    await server.start('mended', { AgentTaskType: 'b' }, more);
    await server.start('idle', { AgentTaskType: 'c' }, { type: 'waiting', taskQueue: 'reported' });
    await server.shown("ExecutionStatus = 'Running'", 8);
    for (const id of ['a-0', 'a-1', 'a-2', 'a-3', 'a-4', 'b']) {
      await vi.waitFor(async () => {
        const { events } = await server.client.workflow.getHandle(id).fetchHistory();
        expect(events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed != null)).toBe(true);
      }, WAIT);
    }
    const renamed = (condition: string) => condition.replaceAll('TemporalReportedProblems', REPORTED);
    const found = (id: string, exporter: WatchingExporter) =>
      exporter.found.filter((finding) => finding.id === id).map(({ workflowId }) => workflowId);

    const all = server.exporter(watch, { describeLimit: 4 }, renamed);
    await all.poll();
    expect(all.asked.map(({ kind }) => kind)).toEqual(['count', 'list']);
    expect(await all.values('workflow_tasks_failing')).toEqual({ a: 5, b: 1, c: 0 });
    expect(found('llm-in-workflow', all)).toHaveLength(4);
    await all.poll();
    await all.poll();
    expect(found('llm-in-workflow', all).sort()).toEqual(['a-0', 'a-1', 'a-2', 'a-3', 'a-4', 'b']);

    const capped = server.exporter(watch, { listLimit: 2 }, renamed);
    await capped.poll();
    expect(await capped.values('workflow_tasks_failing')).toEqual({ a: 5, b: 1, c: 0 });
    expect(found('llm-in-workflow', capped).length).toBeLessThanOrEqual(2);

    await server.terminateAll();
    await server.start('idle', { AgentTaskType: 'c' }, { type: 'waiting', taskQueue: 'reported' });
    await server.shown("ExecutionStatus = 'Running'", 1);
    await all.poll();
    expect(await all.values('workflow_tasks_failing')).toEqual({ c: 0 });
  });
});
