import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Agents, acknowledge, decide, IN_TIME, untilNextRun, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-telemetry', {
    taskType: { acrossRuns: 'long', asksInTurn: 'chatty' },
  });
});

afterAll(() => agents?.close());

const hour = (id: string) => ({ id, timeout: '1 hour' });

/** Counters of one task type. */
async function counted(task_type: string) {
  const { effects } = agents;
  const ended = async (outcome: string) => effects.metric('approvals_decided_total', { task_type, outcome });
  return {
    requested: await effects.metric('approvals_requested_total', { task_type }),
    approved: await ended('approved'),
    rejected: await ended('rejected'),
    timedOut: await ended('timed_out'),
    cancelled: await ended('cancelled'),
    observed: await effects.metric('approval_decision_seconds_count', { task_type }),
  };
}

const NONE = { requested: 0, approved: 0, rejected: 0, timedOut: 0, cancelled: 0, observed: 0 };

test('requests and ends are counted by task type and outcome, with the time from the one to the other', async () => {
  const handle = await agents.start('asks', [hour('a'), hour('b'), { id: 'c', timeout: 300 }, hour('d')]);
  await untilOpen(handle, 'a', 'b', 'd');
  await acknowledge(handle, { id: 'a', actor: 'ann' });
  await decide(handle, { id: 'a', verdict: 'approve' });
  await decide(handle, { id: 'a', verdict: 'approve' });
  await handle.signal('agentApprovalDecide', { id: 'a', verdict: 'reject' });
  await decide(handle, { id: 'b', verdict: 'reject' });
  await handle.cancel();
  await handle.result();
  expect(await counted('asks')).toEqual({
    requested: 4,
    approved: 1,
    rejected: 1,
    timedOut: 1,
    cancelled: 1,
    observed: 4,
  });
  const seconds = await agents.effects.metric('approval_decision_seconds_sum', {
    task_type: 'asks',
    outcome: 'timed_out',
  });
  expect(seconds).toBeGreaterThanOrEqual(0.3);
  expect(seconds).toBeLessThan(60);
});

test('a decision that came early counts as a request and an end; repeated questions of a worker count nothing', async () => {
  const handle = await agents.start('asksInTurn', [hour('a'), hour('b')]);
  await untilOpen(handle, 'a');
  await handle.signal('agentApprovalDecide', { id: 'b', verdict: 'reject' });
  await decide(handle, { id: 'a', verdict: 'approve' });
  await handle.result();
  for (let i = 0; i < 3; i++) await handle.query('agentApprovals');
  expect(await counted('chatty')).toEqual({ ...NONE, requested: 2, approved: 1, rejected: 1, observed: 2 });
});

test('an approval that is asked again in the next run is one request, and an end that is told again is one end', async () => {
  const handle = await agents.start('acrossRuns', [1, 2, hour('open'), hour('decided')]);
  await untilOpen(handle, 'open', 'decided');
  await decide(handle, { id: 'decided', verdict: 'approve' });
  const { runId } = await handle.describe();
  await handle.signal('proceed');
  await untilNextRun(handle, runId);
  await untilOpen(handle, 'open');
  await decide(handle, { id: 'open', verdict: 'approve' });
  await handle.result();
  expect(await counted('long')).toEqual({ ...NONE, requested: 2, approved: 2, observed: 2 });
});

test('an escalation is a finding in log, metric and record, once a run, and what is decided in time is none', async () => {
  const onTimeout = { escalateTo: 'SECRET', timeout: 100, then: { escalateTo: 'SECRET', timeout: '1 hour' } };
  const handle = await agents.start('asksOrFails', [{ id: 'SECRET', subject: 'SECRET', timeout: 100, onTimeout }]);
  const found = { finding: 'approval-escalated', workflow_type: 'asksOrFails' };
  await expect.poll(() => agents.effects.metric('findings_total', found), IN_TIME).toBe(1);
  await expect.poll(async () => (await untilOpen(handle, 'SECRET'))[0]?.changes.length, IN_TIME).toBe(3);
  await decide(handle, { id: 'SECRET', verdict: 'approve' });
  await handle.result();
  const inTime = await agents.start('asks', [{ ...hour('a'), onTimeout }]);
  await untilOpen(inTime, 'a');
  await decide(inTime, { id: 'a', verdict: 'approve' });
  await inTime.result();

  const { namespace } = agents.server;
  const { findings } = await agents.effects.records(namespace, handle.workflowId);
  expect(findings).toMatchObject([{ id: 'approval-escalated', cause: 'escalated', evidence: { escalation: 1 } }]);
  expect((await agents.effects.records(namespace, inTime.workflowId)).findings).toEqual([]);
  expect(agents.effects.findings('approval-escalated')).toMatchObject([{ workflowId: handle.workflowId }]);
  expect(await agents.effects.metric('findings_total', found)).toBe(1);
  expect(JSON.stringify([findings, agents.effects.logger.lines])).not.toContain('SECRET');
  expect(await agents.effects.registry.metrics()).not.toContain('SECRET');
});

test('an agent that waits for an approval does not wait without a timeout; one that only reports it does', async () => {
  const handle = await agents.start('callsModelAndAsks', [hour('a')]);
  await untilOpen(handle, 'a');
  await acknowledge(handle, { id: 'a' });
  await decide(handle, { id: 'a', verdict: 'approve' });
  expect(await handle.result()).toMatchObject({ outcome: 'approved' });
  const { namespace } = agents.server;
  expect((await agents.effects.records(namespace, handle.workflowId)).findings).toEqual([]);

  const waiting = await agents.start('callsModelAndReports', []);
  await untilOpen(waiting, 'hand-made');
  const found = async () => (await agents.effects.records(namespace, waiting.workflowId)).findings;
  await expect.poll(found, IN_TIME).toMatchObject([{ id: 'wait-without-timeout' }]);
  await waiting.signal('proceed');
  await waiting.result();
});

test('nothing of it is an error of the observer', async () => {
  expect(await agents.effects.observerErrors()).toEqual({});
});
