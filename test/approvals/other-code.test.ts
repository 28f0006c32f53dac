import { bundleWorkflowCode, type WorkerOptions, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { readAgentHeader } from '#lib/definitions/agent-header';
import type { CarriedBook } from '#lib/workflow/approvals/carried-book';
import { activities } from '../plugin/activities';
import { fetchHistories, replay } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { Agents, approvalsOf, attributesOf, decide, eventsOf, IN_TIME, untilNextRun, untilOpen } from './support';

interface Code extends Partial<WorkerOptions> {
  readonly workflowsPath: string;
  readonly preload?: boolean;
}

const asking = require.resolve('./workflows/moves.ts');

/** What a run finds when it continues as new: the code of the workers on this task queue. */
const CODE = {
  asking: { workflowsPath: asking },
  'without-entry': { workflowsPath: require.resolve('./workflows/moves-without-entry.ts') },
  'evaluating-late': { workflowsPath: require.resolve('./workflows/moves-evaluating-late.ts') },
  preloaded: { workflowsPath: asking, preload: true },
  'own-context': { workflowsPath: asking, reuseV8Context: false },
  cached: { workflowsPath: asking, maxCachedWorkflows: 10 },
} satisfies Record<string, Code>;

type TaskQueue = keyof typeof CODE;

let agents: Agents;
const bundles = new Map<string, WorkflowBundle>();
const running: { stop(): void; done: Promise<void> }[] = [];

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-other-code');
  for (const [taskQueue, { workflowsPath, preload = false, ...options }] of Object.entries<Code>(CODE)) {
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath,
      plugins: [agents.effects.plugin()],
      logger: quietRuntime(),
      ...(preload && { preloadModules: [workflowsPath] }),
    });
    bundles.set(taskQueue, workflowBundle);
    const plugins = [agents.effects.plugin()];
    const common = { taskQueue, workflowBundle, activities, maxCachedWorkflows: 0, plugins };
    const worker = await agents.server.worker({ ...common, ...options });
    running.push({ stop: () => worker.shutdown(), done: worker.run() });
  }
});

afterAll(async () => {
  for (const { stop } of running) stop();
  await Promise.all(running.map(({ done }) => done));
  await agents?.close();
});

let count = 0;

/** A run that asks for an approval, and continues as new from one task queue to the next. */
async function start(...taskQueues: TaskQueue[]) {
  const workflowId = `moves-${++count}`;
  const options = { id: 'a', timeout: '1 hour', subject: 'Refund' };
  const client = agents.server.clientWith(agents.effects.plugin());
  await client.workflow.start('moves', { workflowId, taskQueue: 'asking', args: [options, ...taskQueues] });
  const handle = agents.server.client.workflow.getHandle(workflowId);
  const toNextRun = async () => {
    const { runId } = await handle.describe();
    await handle.signal('proceed');
    await untilNextRun(handle, runId);
  };
  return { workflowId, handle, toNextRun };
}

/** Replays each run on the code that it ran on. */
async function replayed(workflowId: string, ...taskQueues: TaskQueue[]): Promise<string[]> {
  const histories = await fetchHistories(agents.server.client, workflowId, taskQueues.length);
  const failures = await Promise.all(
    taskQueues.map((taskQueue, run) => {
      const workflowBundle = bundles.get(taskQueue) ?? expect.fail();
      const plugins = [agents.effects.plugin({ metrics: 'off' })];
      return replay({ workflowBundle, plugins }, histories.slice(run, run + 1));
    }),
  );
  return failures.flat();
}

test.concurrent.each<TaskQueue>(['asking', 'preloaded', 'own-context', 'cached'])(
  'a run that continues an approval has the handlers before it asks: %s',
  async (taskQueue) => {
    const { workflowId, handle, toNextRun } = await start(taskQueue);
    const [before] = await untilOpen(handle, 'a');
    await toNextRun();
    expect(await untilOpen(handle, 'a')).toMatchObject([{ requestedAt: before?.requestedAt, dueAt: before?.dueAt }]);
    await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann' });
    expect(await attributesOf(handle)).toEqual({ state: 'approved' });
    await handle.signal('proceed');
    expect(await handle.result()).toEqual(['approved', 'ann']);
    expect(await replayed(workflowId, 'asking', taskQueue)).toEqual([]);
  },
);

test.concurrent('code without the entry opens no approval, shows none and takes no decision; code after it has it again', async ({
  expect,
}) => {
  const { workflowId, handle, toNextRun } = await start('without-entry', 'asking');
  const [before] = await untilOpen(handle, 'a');
  expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: before?.dueAt });
  await toNextRun();
  await expect.poll(() => attributesOf(handle), IN_TIME).toEqual({});
  await expect(approvalsOf(handle)).rejects.toThrow('agentApprovals');
  await expect(decide(handle, { id: 'a', verdict: 'approve' })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('agentApprovalDecide') },
  });
  await toNextRun();
  expect(await untilOpen(handle, 'a')).toMatchObject([{ requestedAt: before?.requestedAt, dueAt: before?.dueAt }]);
  await handle.signal('proceed');
  await expect.poll(() => attributesOf(handle), IN_TIME).toEqual({ state: 'submitted', dueAt: before?.dueAt });
  await decide(handle, { id: 'a', verdict: 'reject', actor: 'bob' });
  expect(await handle.result()).toEqual(['rejected', 'bob']);
  expect(await replayed(workflowId, 'asking', 'without-entry', 'asking')).toEqual([]);
});

test.concurrent('what no code opens travels on as it came', async () => {
  const { handle, toNextRun } = await start('without-entry', 'without-entry');
  await untilOpen(handle, 'a');
  const carried = async () => {
    const [started] = await eventsOf(handle);
    const { fields } = started?.workflowExecutionStartedEventAttributes?.header ?? {};
    return readAgentHeader(fields ?? {}).approvals as CarriedBook | undefined;
  };
  await toNextRun();
  const first = await carried();
  expect(first?.approvals).toMatchObject([{ id: 'a', state: 'submitted' }]);
  await toNextRun();
  expect(await carried()).toEqual(first);
  await handle.terminate();
});

test.concurrent('code that evaluates the entry late opens approvals with its first request', async () => {
  const { workflowId, handle, toNextRun } = await start('evaluating-late');
  const [before] = await untilOpen(handle, 'a');
  await toNextRun();
  await expect(approvalsOf(handle)).rejects.toThrow('agentApprovals');
  await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'approve', actor: 'ann' });
  await handle.signal('proceed');
  expect(await handle.result()).toEqual(['approved', 'ann']);
  const { ended } = await approvalsOf(handle);
  expect(ended).toMatchObject([{ id: 'a', requestedAt: before?.requestedAt }]);
  expect(await replayed(workflowId, 'asking', 'evaluating-late')).toEqual([]);
});
