/** The whole exporter on whole agents: those that take too long, those left behind, restarts and replicas. */
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';
import { SOON } from '../../exporter/support';
import { AgentsAtWork } from './support/agents-at-work';

const HOUR_MS = 3_600_000;
/** More than complete of any task type in another test. */
const SAMPLE = 8;

let agents: AgentsAtWork;
beforeAll(async () => {
  agents = await AgentsAtWork.prepare(inject('temporalAddress'), 'exporter-acceptance-agents');
});
afterEach(() => agents.terminateAll());
afterAll(() => agents?.close());

const RUNNING = "ExecutionStatus = 'Running'";

test('agents become overdue, and are not once they have ended', async () => {
  await agents.startWorker();
  const exporter = agents.exporter({ research: { expectedMs: 1000 }, patient: { expectedMs: HOUR_MS } });
  expect(await exporter.afterTwoPolls()).toMatchObject({
    'workflows_running{task_type="research"}': 0,
    'workflows_overdue{task_type="research"}': 0,
    'workflow_expected_seconds{task_type="research",source="configured"}': 1,
  });

  await agents.start('worksUntilTold', 'first', 'research');
  await agents.start('worksUntilTold', 'second', 'research');
  await agents.start('worksUntilTold', 'in-time', 'patient');
  await agents.shown(3, `${RUNNING} AND AgentLastTool = 'search'`);
  const aSecondAgo = () => new Date(Date.now() - 1000).toISOString();
  await agents.shown(2, () => `AgentTaskType = 'research' AND AgentTaskStartedAt < '${aSecondAgo()}'`);
  const overdue = await exporter.afterTwoPolls();
  expect(overdue).toMatchObject({
    'workflows_running{task_type="research"}': 2,
    'workflows_running{task_type="patient"}': 1,
    'workflows_overdue{task_type="research"}': 2,
    'workflows_overdue{task_type="patient"}': 0,
    'workflow_oldest_overdue_start_timestamp_seconds{task_type="research"}': await agents.seconds(
      'first',
      'AgentTaskStartedAt',
    ),
  });
  expect(overdue).not.toHaveProperty(['workflow_oldest_overdue_start_timestamp_seconds{task_type="patient"}']);

  await agents.end('first');
  await agents.shown(1, `${RUNNING} AND AgentTaskType = 'research'`);
  expect(await exporter.afterTwoPolls()).toMatchObject({
    'workflows_overdue{task_type="research"}': 1,
    'workflow_oldest_overdue_start_timestamp_seconds{task_type="research"}': await agents.seconds(
      'second',
      'AgentTaskStartedAt',
    ),
  });

  await agents.end('second', 'in-time');
  await agents.shown(0, RUNNING);
  const ended = await exporter.afterTwoPolls();
  expect(ended).toMatchObject({
    'workflows_running{task_type="research"}': 0,
    'workflows_running{task_type="patient"}': 0,
    'workflows_overdue{task_type="research"}': 0,
    'workflows_overdue{task_type="patient"}': 0,
  });
  expect(Object.keys(ended).filter((gauge) => gauge.includes('oldest'))).toEqual([]);
  expect(exporter.errors).toEqual([]);
});

test('a task that continued as new ten times is overdue by its start', async () => {
  await agents.startWorker();
  const first = await agents.start('worksOn', 'long', 'long-haul', 10);
  const taskStart = (await first.describe()).startTime.getTime() / 1000;
  await agents.shown(10, "AgentTaskType = 'long-haul' AND ExecutionStatus = 'ContinuedAsNew'");
  await agents.shown(1, `AgentTaskType = 'long-haul' AND ${RUNNING}`);
  const lastStart = (await agents.client.workflow.getHandle('long').describe()).startTime.getTime() / 1000;
  expect(lastStart).toBeGreaterThan(taskStart);

  const exporter = agents.exporter({ 'long-haul': { expectedMs: 1 } });
  const overdue = await exporter.afterTwoPolls();
  expect(overdue).toMatchObject({
    'workflows_running{task_type="long-haul"}': 1,
    'workflows_overdue{task_type="long-haul"}': 1,
  });
  const oldest = overdue['workflow_oldest_overdue_start_timestamp_seconds{task_type="long-haul"}'];
  expect(oldest).toBeCloseTo(taskStart, 1);
  expect(oldest).toBeLessThan(lastStart);
});

test('children are orphans once their parent has completed or was terminated, until they end', async () => {
  await agents.startWorker();
  const exporter = agents.exporter();
  // Healthy: one stays, and the child of the other ends with it.
  await agents.start('delegates', 'stays', 'lead', 'ABANDON', true);
  await agents.start('delegates', 'takes-along', 'lead', 'TERMINATE', true);
  await agents.start('delegates', 'killed', 'lead', 'ABANDON', true);
  await agents.shown(3, `${RUNNING} AND AgentTaskType = 'worksUntilTold'`);
  const orphaned = 'workflows_orphaned{task_type="worksUntilTold"}';
  expect(await exporter.afterTwoPolls()).toMatchObject({
    [orphaned]: 0,
    'workflows_running{task_type="worksUntilTold"}': 3,
    'workflows_running{task_type="lead"}': 3,
  });

  await (await agents.start('delegates', 'left', 'lead', 'ABANDON', false)).result();
  await agents.shown(1, "WorkflowId = 'left/child' AND AgentTaskType IS NOT NULL");
  await agents.shown(1, "WorkflowId = 'left' AND ExecutionStatus = 'Completed'");
  // A child counts once its parent has been closed for an interval, which may take a poll more.
  await vi.waitFor(async () => expect(await exporter.afterTwoPolls()).toMatchObject({ [orphaned]: 1 }), SOON);

  await agents.client.workflow.getHandle('killed').terminate();
  await agents.client.workflow.getHandle('takes-along').terminate();
  await agents.shown(2, "WorkflowId IN ('killed', 'takes-along') AND ExecutionStatus = 'Terminated'");
  await agents.shown(1, "WorkflowId = 'takes-along/child' AND ExecutionStatus = 'Terminated'");
  await vi.waitFor(
    async () =>
      expect(await exporter.afterTwoPolls()).toMatchObject({
        [orphaned]: 2,
        'workflows_orphaned{task_type="lead"}': 0,
        'workflows_running{task_type="worksUntilTold"}': 3,
      }),
    SOON,
  );

  await agents.end('left/child');
  await agents.shown(1, "WorkflowId = 'left/child' AND ExecutionStatus = 'Completed'");
  expect(await exporter.afterTwoPolls()).toMatchObject({ [orphaned]: 1 });
  await agents.end('killed/child', 'stays/child', 'stays');
  await agents.shown(0, RUNNING);
  expect(await exporter.afterTwoPolls()).toMatchObject({ [orphaned]: 0 });
  expect(exporter.errors).toEqual([]);
});

test('two exporters agree on every gauge, and so does one that was restarted', async () => {
  await agents.startWorker();
  const taskTypes = { research: { expectedMs: 1 }, refund: { approvalSlaMs: 1 } };
  // Of one task type enough have completed.
  const expected = { refreshMs: 1000, minimumSample: SAMPLE, floorMs: 0 };
  const observed = 'workflow_expected_seconds{task_type="sampled",source="observed"}';
  for (let i = 0; i < SAMPLE; i++) {
    await agents.start('worksUntilTold', `s-${i}`, 'sampled');
    await agents.end(`s-${i}`);
  }
  const first = agents.exporter(taskTypes, expected);
  const second = agents.exporter(taskTypes, expected);
  await agents.start('worksUntilTold', 'r-1', 'research');
  await agents.start('worksUntilTold', 'r-2', 'research');
  await agents.start('asks', 'a-1', 'refund', { id: 'one', timeout: '1 hour' });
  await agents.start('asks', 'a-2', 'contract', {
    id: 'two',
    timeout: 1,
    onTimeout: { escalateTo: 'lead', timeout: '2 hours' },
  });
  await (await agents.start('delegates', 'leaves', 'lead', 'ABANDON', false)).result();
  await agents.start('delegates', 'keeps', 'lead', 'ABANDON', true);
  await agents.shown(2, `${RUNNING} AND AgentTaskType = 'research' AND AgentLastTool = 'search'`);
  await agents.shown(1, `${RUNNING} AND AgentApprovalState = 'submitted'`);
  await agents.shown(1, `${RUNNING} AND AgentApprovalState = 'escalated'`);
  await agents.shown(2, `${RUNNING} AND AgentTaskType = 'worksUntilTold'`);
  await agents.shown(1, "WorkflowId = 'leaves' AND ExecutionStatus = 'Completed'");

  await vi.waitUntil(async () => (await first.read()).has(observed), SOON);
  const gauges = await first.afterTwoPolls();
  expect(gauges).toMatchObject({
    [observed]: expect.any(Number),
    'workflows_overdue{task_type="research"}': 2,
    'approvals_open{task_type="refund",state="submitted"}': 1,
    'approvals_open{task_type="contract",state="escalated"}': 1,
    'workflows_orphaned{task_type="worksUntilTold"}': 1,
    'workflows_running{task_type="lead"}': 1,
  });
  expect(await second.afterTwoPolls()).toEqual(gauges);
  await first.exporter.stop();
  expect(await agents.exporter(taskTypes, expected).afterTwoPolls()).toEqual(gauges);
});
