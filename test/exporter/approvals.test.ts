import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { ApprovalsWatch } from '#lib/exporter/watches/approvals';
import { quietRuntime } from '../support/quiet-runtime';
import { connect, runExporter } from './support';
import { type Attributes, WatchedServer, type WatchingExporter } from './support/watched-server';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What polls count ages from; everything that is due refers to it. */
const NOW = Date.parse('2030-05-10T12:00:00.250Z');

const watch = (watched: ConstructorParameters<typeof ApprovalsWatch>[0]) => new ApprovalsWatch(watched);

const approval = (taskType: string, state: string, dueInMs?: number): Attributes => ({
  AgentTaskType: taskType,
  AgentApprovalState: state,
  ...(dueInMs !== undefined && { AgentApprovalDueAt: new Date(NOW + dueInMs) }),
});

async function gauges(exporter: WatchingExporter) {
  return {
    open: await exporter.values('approvals_open'),
    overdue: await exporter.values('approvals_overdue'),
    oldestDue: await exporter.values('approval_oldest_due_timestamp_seconds'),
  };
}

const seconds = (dueInMs: number) => (NOW + dueInMs) / 1000;

describe('in a namespace with all attributes', () => {
  let server: WatchedServer;
  beforeAll(async () => {
    server = await WatchedServer.create(inject('temporalAddress'), 'exporter-approvals');
  });
  afterEach(() => server.terminateAll());
  afterAll(() => server?.close());

  test('every gauge is right, and goes back when approvals are decided', async () => {
    const exporter = server.exporter(watch);
    const idle = await server.start('idle', { AgentTaskType: 'quiet' });
    await server.shown("AgentTaskType = 'quiet'", 1);
    await exporter.poll(NOW);
    expect(exporter.asked).toHaveLength(1);
    expect(await gauges(exporter)).toEqual({
      open: { 'quiet submitted': 0, 'quiet acknowledged': 0, 'quiet escalated': 0 },
      overdue: { quiet: 0 },
      oldestDue: {},
    });

    const late = await server.start('late', approval('refund', 'submitted', -2 * HOUR - 5 * 60_000));
    const seen = await server.start('seen', approval('refund', 'acknowledged', -31_000));
    const handles = [
      idle,
      late,
      seen,
      await server.start('due-now', approval('refund', 'submitted', 0)),
      await server.start('escalated', approval('contract', 'escalated', HOUR)),
      await server.start('reported', approval('contract', 'submitted')),
      await server.start('decided', approval('contract', 'approved', -DAY)),
    ];
    await server.shown('AgentApprovalState IS NOT NULL', 6);
    await exporter.poll(NOW);
    expect(exporter.asked.map(({ kind }) => kind)).toEqual(['count', 'list']);
    expect(await gauges(exporter)).toEqual({
      open: {
        'quiet submitted': 0,
        'quiet acknowledged': 0,
        'quiet escalated': 0,
        'refund submitted': 2,
        'refund acknowledged': 1,
        'refund escalated': 0,
        'contract submitted': 1,
        'contract acknowledged': 0,
        'contract escalated': 1,
      },
      overdue: { quiet: 0, refund: 2, contract: 0 },
      oldestDue: { refund: seconds(-2 * HOUR - 5 * 60_000), contract: seconds(HOUR) },
    });
    expect(exporter.found.map(({ id, workflowId }) => `${id} ${workflowId}`).sort()).toEqual([
      'approval-escalated escalated',
      'approval-overdue late',
      'approval-overdue seen',
    ]);
    expect(exporter.found.find(({ workflowId }) => workflowId === 'late')).toMatchObject({
      message:
        'an approval of agent was due 2 h 5 min ago and is submitted still; perhaps no worker runs on task queue nobody, or its workflow task fails',
      runId: late.firstExecutionRunId,
      taskType: 'refund',
      severity: 'critical',
      evidence: { state: 'submitted', dueAt: '2030-05-10T09:55:00.250Z' },
    });
    expect(exporter.found.find(({ workflowId }) => workflowId === 'escalated')?.message).toContain('1 h 0 min left');

    // Another exporter, without a past, has the same.
    const other = server.exporter(watch);
    await other.poll(NOW);
    expect(await gauges(other)).toEqual(await gauges(exporter));

    await exporter.poll(NOW + 1);
    expect(await exporter.values('approvals_overdue')).toEqual({ quiet: 0, refund: 3, contract: 0 });
    // A worker may be about to end it.
    expect(exporter.found).toHaveLength(3);
    await exporter.poll(NOW + 30_000);
    expect(exporter.found).toHaveLength(3);
    await exporter.poll(NOW + 30_001);
    await exporter.poll(NOW + 30_002);
    expect(exporter.found.map(({ workflowId }) => workflowId)).toContain('due-now');
    expect(exporter.found).toHaveLength(4);

    await server.terminate(late, seen);
    await exporter.poll(NOW);
    expect(await exporter.values('approvals_overdue')).toEqual({ quiet: 0, refund: 0, contract: 0 });
    expect(await exporter.values('approval_oldest_due_timestamp_seconds')).toMatchObject({ refund: seconds(0) });
    await server.terminate(...handles.filter((handle) => handle !== late && handle !== seen));
    await exporter.poll(NOW);
    expect(await gauges(exporter)).toEqual({ open: {}, overdue: {}, oldestDue: {} });
  });

  test('an exporter shows them, beside workflow tasks that fail', async () => {
    const handle = await server.start('shown', { ...approval('refund', 'submitted'), AgentApprovalDueAt: new Date(0) });
    const { namespace } = server;
    const { shows } = runExporter(namespace, { connection: connect(inject('temporalAddress')) });
    await shows('approvals_open{task_type="refund",state="submitted"}', 1);
    await shows('approvals_overdue{task_type="refund"}', 1);
    await shows('approval_oldest_due_timestamp_seconds{task_type="refund"}', 0);
    await shows('workflow_tasks_failing{task_type="refund"}', 0);
    await handle.terminate();
    await shows('approvals_overdue{task_type="refund"}', undefined);
    await shows('workflow_tasks_failing{task_type="refund"}', undefined);
  });

  test('an approval may stay open past its due time for as long as its task type is given', async () => {
    const handles = [
      await server.start('patient', approval('patient', 'submitted', -HOUR)),
      await server.start('strict', approval('strict', 'submitted', -HOUR)),
      await server.start('usual', approval('usual', 'submitted', -HOUR)),
    ];
    await server.shown("ExecutionStatus = 'Running'", 3);
    const exporter = server.exporter(watch, {
      approvalSlaMs: 2 * HOUR,
      taskTypes: { patient: { approvalSlaMs: HOUR + 1 }, strict: { approvalSlaMs: 0 } },
    });
    await exporter.poll(NOW);
    expect(await exporter.values('approvals_overdue')).toEqual({ patient: 0, strict: 1, usual: 0 });
    expect(exporter.found.map(({ workflowId }) => workflowId)).toEqual(['strict']);
    await exporter.poll(NOW + 2);
    expect(await exporter.values('approvals_overdue')).toEqual({ patient: 1, strict: 1, usual: 0 });
    await server.terminate(...handles);
  });

  test('the approvals of one agent are told apart by the day on which they are due', async () => {
    const logger = quietRuntime();
    const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
    const taskQueue = 'approvers';
    const workflowsPath = require.resolve('./workflows/agents.ts');
    const { namespace } = server;
    const bundle = await bundleWorkflowCode({ workflowsPath, logger });
    const worker = await Worker.create({ connection, namespace, taskQueue, workflowBundle: bundle });
    const exporter = server.exporter(watch);
    await worker.runUntil(async () => {
      const handle = await server.start('approving', { AgentTaskType: 'buy' }, { type: 'approving', taskQueue });
      const polled = async (state: string, dueInMs: number, after: number) => {
        const dueAt = new Date(NOW + dueInMs);
        await handle.signal('change', state, dueAt.getTime());
        const [from, until] = [dueAt, new Date(dueAt.getTime() + 1)].map((time) => time.toISOString());
        // Not by equality, which the dev server's SQLite does not know of times that end in zeros.
        const due = `AgentApprovalDueAt >= '${from}' AND AgentApprovalDueAt < '${until}'`;
        await server.shown(`AgentApprovalState = '${state}' AND ${due}`, 1);
        await exporter.poll(NOW + after);
        return { open: await exporter.values('approvals_open'), overdue: await exporter.values('approvals_overdue') };
      };
      const none = { 'buy submitted': 0, 'buy acknowledged': 0, 'buy escalated': 0 };
      expect(await polled('submitted', -MINUTE, 0)).toEqual({
        open: { ...none, 'buy submitted': 1 },
        overdue: { buy: 1 },
      });
      expect(exporter.found).toHaveLength(1);
      const acknowledged = { open: { ...none, 'buy acknowledged': 1 }, overdue: { buy: 0 } };
      expect(await polled('acknowledged', HOUR, 0)).toEqual(acknowledged);
      expect(await polled('approved', HOUR, 0)).toEqual({ open: none, overdue: { buy: 0 } });
      expect(await polled('submitted', -2 * MINUTE, 0)).toMatchObject({ overdue: { buy: 1 } });
      expect(exporter.found).toHaveLength(1);
      expect(await polled('submitted', DAY, DAY + MINUTE)).toMatchObject({ overdue: { buy: 1 } });
      expect(exporter.found.map(({ cause }) => cause)).toEqual([
        'submitted, due 2030-05-10',
        'submitted, due 2030-05-11',
      ]);
      await server.terminate(handle);
    });
    await connection.close();
  });

  test('more approvals than a list may give are counted exactly, by a number of requests that they do not raise', async () => {
    const dueIn = [-3 * DAY, -2 * HOUR, -HOUR, 5, HOUR, 2 * HOUR, DAY];
    const large = await Promise.all(
      dueIn.flatMap((ms) => [
        server.start(`late-${ms}`, approval('late', ms < 0 ? 'submitted' : 'escalated', ms)),
        server.start(`early-${ms}`, approval('early', 'acknowledged', ms + 30 * DAY)),
      ]),
    );
    const same = await Promise.all(
      dueIn.map((_, i) => server.start(`same-${i}`, approval('same', 'submitted', 7 * DAY))),
    );
    const few = await server.start('few', approval('few', 'submitted', -MINUTE));
    await server.shown('AgentApprovalState IS NOT NULL AND ExecutionStatus = "Running"', 22);
    const all = server.exporter(watch);
    await all.poll(NOW);
    expect(all.asked).toHaveLength(2);

    const capped = server.exporter(watch, { listLimit: 3 });
    await capped.poll(NOW);
    expect(await gauges(capped)).toEqual(await gauges(all));
    expect(await capped.values('approvals_overdue')).toEqual({ late: 3, early: 0, same: 0, few: 1 });
    expect(await capped.values('approval_oldest_due_timestamp_seconds')).toEqual({
      late: seconds(-3 * DAY),
      early: seconds(27 * DAY),
      same: seconds(7 * DAY),
      few: seconds(-MINUTE),
    });
    const ids = capped.found.filter(({ id }) => id === 'approval-overdue').map(({ workflowId }) => workflowId);
    expect(ids.sort()).toEqual(['few', `late-${-2 * HOUR}`, `late-${-3 * DAY}`, `late-${-HOUR}`].sort());
    expect(capped.found.filter(({ id }) => id === 'approval-escalated')).toHaveLength(3);
    expect(capped.asked.length).toBeLessThan(150);
    await server.terminate(...large, ...same, few);
  });
});

test.each([
  ['AgentApprovalState', 'AgentApprovalDueAt'] as const,
  ['AgentApprovalDueAt', 'AgentApprovalState'] as const,
])('without %s nothing is asked and nothing is exported', async (missing, present) => {
  const namespace = `exporter-no-${missing.toLowerCase()}`;
  const server = await WatchedServer.create(inject('temporalAddress'), namespace, ['AgentTaskType', present]);
  try {
    await server.start('agent', { AgentTaskType: 'refund' });
    await server.shown("AgentTaskType = 'refund'", 1);
    const exporter = server.exporter(watch);
    await exporter.poll(NOW);
    expect(exporter.asked).toEqual([]);
    expect(await gauges(exporter)).toEqual({ open: {}, overdue: {}, oldestDue: {} });
  } finally {
    await server.close();
  }
});
