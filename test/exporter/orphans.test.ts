import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SEARCH_ATTRIBUTES } from '#lib/definitions/search-attributes';
import { Effects, Server } from '../plugin/observed';
import { quietRuntime } from '../support/quiet-runtime';
import { registerSearchAttributes, startTemporalServer } from '../support/temporal-server';
import { activities, Parents, startParentOf, TASK_QUEUE } from './orphans/support';

const NAMESPACE = 'orphans';
const OTHER_NAMESPACE = 'orphans-other';
const effects = new Effects();
let temporal: Awaited<ReturnType<typeof startTemporalServer>>;
let server: Server;
let other: Server;
let parents: Parents;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  quietRuntime();
  const namespaces = [NAMESPACE, OTHER_NAMESPACE];
  // Deletes a run at once: usually the server first makes sure, which takes it half a minute, that it has seen to its end.
  const dynamicConfig = { 'history.transferProcessorEnsureCloseBeforeDelete': false };
  temporal = await startTemporalServer({ namespaces, dynamicConfig });
  for (const namespace of namespaces) await registerSearchAttributes(temporal.address, namespace, SEARCH_ATTRIBUTES);
  server = await Server.connect(temporal.address, NAMESPACE);
  other = await Server.connect(temporal.address, OTHER_NAMESPACE);
  parents = new Parents(server);
  worker = await server.worker({
    taskQueue: TASK_QUEUE,
    workflowsPath: require.resolve('./orphans/workflows.ts'),
    activities,
    plugins: [effects.plugin()],
  });
  running = worker.run();
});

afterAll(async () => {
  worker.shutdown();
  await running;
  await Promise.all([server.close(), other.close()]);
  await temporal.stop();
  effects.remove();
});

describe('a child with the policy ABANDON', () => {
  test('is no orphan while its parent is open', async () => {
    await parents.start('open');
    const { children, undecided } = await parents.find();
    expect(children).toBeGreaterThan(0);
    expect(undecided).toBe(0);
    expect(await parents.orphans('open')).toEqual([]);
  });

  test('is one when its parent has completed, until it closes itself', async () => {
    const parent = await parents.start('completes');
    await parent.signal('end', 'complete');
    await parents.closed(parent, 'Completed');

    const [orphan, ...others] = await parents.orphans('completes');
    expect(others).toEqual([]);
    expect(orphan?.run).toMatchObject({
      workflowId: 'completes/child',
      taskType: 'subAgent',
      lastTool: 'search',
      parent: { workflowId: 'completes', runId: parent.firstExecutionRunId },
    });
    const { closeTime } = await parent.describe();
    expect(orphan?.parentEnd).toEqual({ status: 'Completed', closedAtMs: closeTime?.getTime() });

    await parents.client.getHandle('completes/child').signal('end', 'complete');
    await parents.seen("WorkflowId = 'completes/child' AND ExecutionStatus = 'Completed'");
    expect(await parents.orphans('completes')).toEqual([]);
  });

  test('is one when its parent has failed, was terminated or timed out', async () => {
    const failing = await parents.start('fails');
    const terminated = await parents.start('is-terminated');
    const timedOut = await parents.start('times-out', undefined, { workflowExecutionTimeout: '3 seconds' });
    await failing.signal('end', 'fail');
    await terminated.terminate();
    await parents.closed(failing, 'Failed');
    await parents.closed(terminated, 'Terminated');
    await parents.closed(timedOut, 'TimedOut');
    expect(await parents.orphans('fails')).toMatchObject([{ parentEnd: { status: 'Failed' } }]);
    expect(await parents.orphans('is-terminated')).toMatchObject([{ parentEnd: { status: 'Terminated' } }]);
    expect(await parents.orphans('times-out')).toMatchObject([{ parentEnd: { status: 'TimedOut' } }]);
  });

  test('stays one when it continues as new', async () => {
    const parent = await parents.start('child-continues');
    const child = parents.client.getHandle('child-continues/child');
    const { runId } = await child.describe();
    await parent.signal('end', 'complete');
    await child.signal('end', 'continue-as-new');
    await parents.closed(parent, 'Completed');
    await parents.seen(
      `WorkflowId = 'child-continues/child' AND RunId != '${runId}' AND ExecutionStatus = 'Running' AND AgentTaskType IS NOT NULL`,
    );
    expect(await parents.orphans('child-continues')).toMatchObject([{ parentEnd: { status: 'Completed' } }]);
  });

  test('is judged by its own parent, not by the parent of that', async () => {
    const top = await parents.start('top', 'with a middle agent');
    await parents.seen("WorkflowId = 'top/child/child' AND AgentTaskType IS NOT NULL");
    await top.signal('end', 'complete');
    await parents.closed(top, 'Completed');
    const ids = async () => (await parents.orphans('top')).map(({ run }) => run.workflowId);
    expect(await ids()).toEqual(['top/child']);

    const middle = parents.client.getHandle('top/child');
    await middle.terminate();
    await parents.closed(middle, 'Terminated');
    expect(await ids()).toEqual(['top/child/child']);
  });
});

test('a child that ends with its parent is no orphan', async () => {
  const parent = await parents.client.start('parentOfTerminated', {
    workflowId: 'takes-along',
    taskQueue: TASK_QUEUE,
  });
  await parents.seen("WorkflowId = 'takes-along/child' AND AgentTaskType IS NOT NULL");
  await parent.signal('end', 'complete');
  await parents.seen("WorkflowId = 'takes-along/child' AND ExecutionStatus = 'Terminated'");
  expect(await parents.orphans('takes-along')).toEqual([]);
});

describe('a parent that goes on in another run', () => {
  test('by continuing as new is open, until its last run has closed', async () => {
    const parent = await parents.start('continues');
    await parent.signal('end', 'continue-as-new');
    await parents.closed(parent, 'ContinuedAsNew');
    await parents.seen("WorkflowId = 'continues' AND ExecutionStatus = 'Running'");
    expect(await parents.orphans('continues')).toEqual([]);

    await parents.client.getHandle('continues').signal('end', 'fail');
    await parents.closed(parent, 'Failed');
    expect(await parents.orphans('continues')).toMatchObject([
      { run: { parent: { runId: parent.firstExecutionRunId } }, parentEnd: { status: 'Failed' } },
    ]);
  });

  test('by continuing as new is open, even when the run that has the child is deleted', async () => {
    const parent = await parents.start('forgets');
    await parent.signal('end', 'continue-as-new');
    await parents.closed(parent, 'ContinuedAsNew');
    await parents.seen("WorkflowId = 'forgets' AND ExecutionStatus = 'Running'");
    await deleteRun('forgets', parent.firstExecutionRunId);
    expect(await parents.orphans('forgets')).toEqual([]);
  });

  test('by a retry is open', async () => {
    const parent = await parents.start('retries', undefined, { retry: { initialInterval: '1 second' } });
    await parent.signal('end', 'fail');
    await parents.closed(parent, 'Failed');
    await parents.seen("WorkflowId = 'retries' AND ExecutionStatus = 'Running'");
    expect(await parents.orphans('retries')).toEqual([]);
  });

  test('by a retry of a run that is not its first is open', async () => {
    const parent = await parents.start('retries-later', 'with a child later', {
      retry: { initialInterval: '1 second' },
    });
    await parent.signal('end', 'fail');
    await parents.closed(parent, 'Failed');
    await parents.seen("WorkflowId = 'retries-later' AND ExecutionStatus = 'Running'");
    expect(await parents.orphans('retries-later')).toEqual([]);
  });

  test('by a reset is open', async () => {
    const parent = await parents.start('is-reset');
    await reset(parent);
    await parents.closed(parent, 'Terminated');
    await parents.seen("WorkflowId = 'is-reset' AND ExecutionStatus = 'Running'");
    expect(await parents.orphans('is-reset')).toEqual([]);
  });
});

test('a parent whose workflow id cannot be asked for is judged like any other', async () => {
  const names = ['say "hello"', 'back\\slash', "'quoted'", 'two\nlines'];
  const start = (workflowId: string, index: number) =>
    startParentOf(server.client, workflowId, { workflowIds: [`odd/${index}`], taskType: 'odd' });
  const started = await Promise.all(names.map(start));
  expect(await parents.find({ taskType: 'odd' })).toMatchObject({ orphans: [], children: 4, undecided: 0 });
  await Promise.all(started.map(reset));
  for (const { firstExecutionRunId } of started) {
    await parents.seen(`RunId = '${firstExecutionRunId}' AND ExecutionStatus = 'Terminated'`);
  }
  expect(await parents.find({ taskType: 'odd' })).toMatchObject({ orphans: [], children: 4, undecided: 0 });
  for (const workflowId of names) await parents.client.getHandle(workflowId).terminate();
  const { orphans } = await parents.find({ taskType: 'odd' });
  expect(orphans.map(({ run, parentEnd }) => [run.parent.workflowId, parentEnd.status]).sort()).toEqual(
    names.map((workflowId) => [workflowId, 'Terminated']).sort(),
  );
});

describe('a workflow id that is used again', () => {
  test('does not hide that the parent which had it is closed', async () => {
    const parent = await parents.start('again');
    await parent.terminate();
    await parents.closed(parent, 'Terminated');
    await parents.client.start('parent', { workflowId: 'again', taskQueue: TASK_QUEUE, args: ['without'] });
    await parents.seen("WorkflowId = 'again' AND ExecutionStatus = 'Running'");
    expect(await parents.orphans('again')).toMatchObject([{ parentEnd: { status: 'Terminated' } }]);
  });

  test('does not hide that the parent which had it is closed after it continued as new', async () => {
    const parent = await parents.start('continues-again');
    await parent.signal('end', 'continue-as-new');
    await parents.closed(parent, 'ContinuedAsNew');
    await parents.client.getHandle('continues-again').terminate();
    await parents.closed(parent, 'Terminated');
    await parents.client.start('parent', { workflowId: 'continues-again', taskQueue: TASK_QUEUE, args: ['without'] });
    await parents.seen("WorkflowId = 'continues-again' AND ExecutionStatus = 'Running'");
    expect(await parents.orphans('continues-again')).toMatchObject([{ parentEnd: { status: 'Terminated' } }]);
  });

  test('leaves it undecided where the server may not be asked', async () => {
    const parent = await parents.start('unasked');
    await parent.terminate();
    await parents.closed(parent, 'Terminated');
    await parents.client.start('parent', { workflowId: 'unasked', taskQueue: TASK_QUEUE, args: ['without'] });
    await parents.seen("WorkflowId = 'unasked' AND ExecutionStatus = 'Running'");
    expect((await parents.find({ describeLimit: 0 })).undecided).toBeGreaterThan(0);
    expect(await parents.orphans('unasked', { describeLimit: 0 })).toEqual([]);
  });
});

describe('a parent that is not to be found', () => {
  test('is closed if it was of this namespace, for then it is deleted', async () => {
    const parent = await parents.start('is-deleted');
    await parent.terminate();
    await parents.closed(parent, 'Terminated');
    await deleteRun('is-deleted', parent.firstExecutionRunId);
    expect(await parents.orphans('is-deleted')).toMatchObject([{ parentEnd: {} }]);
  });

  test('leaves it undecided if it is of another namespace', async () => {
    const options = { workflowIds: ['far/child'], taskType: 'far', namespace: NAMESPACE };
    const parent = await startParentOf(other.client, 'far', options);
    await parents.seen("WorkflowId = 'far/child'");
    expect(await parents.find({ taskType: 'far' })).toEqual({ orphans: [], children: 1, more: false, undecided: 1 });
    await parent.terminate();
    expect(await parents.orphans('far')).toEqual([]);
  });
});

describe('of more children than the limit', () => {
  test('the oldest are looked at', async () => {
    const old = await startParentOf(server.client, 'old', { workflowIds: ids('old', 3), taskType: 'many' });
    await parents.seen("AgentTaskType = 'many'", 3);
    const betweenMs = Date.now() + 1000;
    await sleep(1500);
    await startParentOf(server.client, 'young', { workflowIds: ids('young', 9), taskType: 'many' });
    await parents.seen("AgentTaskType = 'many'", 12);
    await old.terminate();
    await parents.closed(old, 'Terminated');
    const nowMs = betweenMs + 3_600_000;

    const all = await parents.find({ taskType: 'many', nowMs });
    expect(all).toMatchObject({ children: 12, more: false });
    const some = await parents.find({ taskType: 'many', limit: 5, nowMs });
    expect(some).toMatchObject({ children: 5, more: true });
    for (const { orphans } of [all, some]) {
      expect(orphans.map(({ run }) => run.workflowId).sort()).toEqual(ids('old', 3));
    }
  });

  test('no more requests are sent than for a few', async () => {
    const parent = await startParentOf(server.client, 'counted', {
      workflowIds: ids('counted', 40),
      taskType: 'counted',
    });
    await parents.seen("AgentTaskType = 'counted'", 40);
    const open = await parents.requests({ taskType: 'counted' });
    expect(open).toBe(2);
    expect(await parents.requests({ taskType: 'none-of-these' })).toBe(1);

    await parent.terminate();
    await parents.closed(parent, 'Terminated');
    expect(await parents.requests({ taskType: 'counted' })).toBe(3);
  });

  test('parents are asked for in queries of a bounded length', async () => {
    const prefix = 'x'.repeat(980);
    const start = (index: number) =>
      startParentOf(server.client, `${prefix}${index}`, { workflowIds: [`long/${index}`], taskType: 'long' });
    for (let first = 0; first < 70; first += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, index) => start(first + index)));
    }
    expect(await parents.requests({ taskType: 'long' })).toBe(3);
    expect(await parents.find({ taskType: 'long' })).toMatchObject({ orphans: [], children: 70, undecided: 0 });
    for (const index of [0, 69]) await parents.client.getHandle(`${prefix}${index}`).terminate();
    await parents.seen("WorkflowId STARTS_WITH 'xxx' AND ExecutionStatus = 'Terminated'", 2);
    expect((await parents.orphans('long')).map(({ run }) => run.workflowId).sort()).toEqual(['long/0', 'long/69']);
  });
});

function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}/${index}`);
}

async function reset({ workflowId, firstExecutionRunId }: WorkflowHandleWithFirstExecutionRunId): Promise<void> {
  const { events } = await server.client.workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory();
  const finished = events?.findLast((event) => event.workflowTaskCompletedEventAttributes);
  await server.client.workflowService.resetWorkflowExecution({
    namespace: NAMESPACE,
    workflowExecution: { workflowId, runId: firstExecutionRunId },
    workflowTaskFinishEventId: finished?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'a test',
  });
}

async function deleteRun(workflowId: string, runId: string): Promise<void> {
  const workflowExecution = { workflowId, runId };
  await server.client.workflowService.deleteWorkflowExecution({ namespace: NAMESPACE, workflowExecution });
  await parents.seen(`RunId = '${runId}'`, 0);
}
