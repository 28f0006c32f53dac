import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readAgentHeader } from '#lib/definitions/agent-header';
import { fetchHistories, replay } from '../support/histories';
import {
  Agents,
  acknowledge,
  approvalsOf,
  attributesOf,
  decide,
  eventsOf,
  IN_TIME,
  refusalOf,
  untilNextRun,
  untilOpen,
} from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-across-runs');
});

afterAll(() => agents?.close());

const hour = (id: string) => ({ id, timeout: '1 hour' });

/** Lets the run continue as new. */
async function toNextRun(handle: WorkflowHandle): Promise<void> {
  const { runId } = await handle.describe();
  await handle.signal('proceed');
  await untilNextRun(handle, runId);
}

describe('an approval that is open when the run continues as new', () => {
  test.concurrent('keeps the deadline of the first request, its stage and what happened to it', async ({ expect }) => {
    const onTimeout = { escalateTo: 'lead', timeout: 2500, then: 'approve' };
    const handle = await agents.start('acrossRuns', [1, 2, { id: 'a', timeout: 300, onTimeout }]);
    await expect.poll(async () => (await approvalsOf(handle)).open[0]?.state, IN_TIME).toBe('escalated');
    await acknowledge(handle, { id: 'a', actor: 'lead' });
    const [before] = (await approvalsOf(handle)).open;
    await toNextRun(handle);
    expect(await untilOpen(handle, 'a')).toMatchObject([
      { requestedAt: before?.requestedAt, dueAt: before?.dueAt, escalatedTo: 'lead', state: 'acknowledged' },
    ]);
    expect(await attributesOf(handle)).toEqual({ state: 'acknowledged', dueAt: before?.dueAt });
    const [{ changes, ...outcome }] = await handle.result();
    expect(outcome).toMatchObject({ approved: true, outcome: 'timed_out' });
    expect(changes).toEqual([...(before?.changes ?? []), { state: 'timed_out', at: expect.any(String) }]);
    expect(Date.parse(outcome.decidedAt)).toBeGreaterThanOrEqual(Date.parse(before?.dueAt ?? ''));
    expect(Date.parse(outcome.decidedAt) - Date.parse(before?.requestedAt ?? '')).toBeLessThan(8000);
    expect(await attributesOf(handle)).toEqual({ state: 'timed_out' });
  });

  test.concurrent('takes decisions before the next run asks, and that run is given them', async () => {
    const handle = await agents.start('asksLaterInNextRun', [1, hour('a')]);
    await untilOpen(handle, 'a');
    await toNextRun(handle);
    const view = await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann', note: 'a word' });
    expect(await refusalOf(decide(handle, { id: 'a', verdict: 'reject' }))).toMatchObject({
      reason: 'already-decided',
    });
    await handle.signal('proceed');
    expect(await handle.result()).toMatchObject([
      { approved: true, actor: 'ann', note: 'a word', decidedAt: view.changes.at(-1)?.at },
    ]);
  });

  test.concurrent('whose last deadline passes before the next run asks takes no update, and is timed out when it asks', async ({
    expect,
  }) => {
    const handle = await agents.start('asksLaterInNextRun', [1, { id: 'a', timeout: 1500 }]);
    await untilOpen(handle, 'a');
    await toNextRun(handle);
    const [open] = await untilOpen(handle, 'a');
    await expect.poll(() => Date.now(), IN_TIME).toBeGreaterThan(Date.parse(open?.dueAt ?? ''));
    expect(await refusalOf(decide(handle, { id: 'a', verdict: 'approve' }))).toMatchObject({ reason: 'late' });
    await handle.signal('proceed');
    expect(await handle.result()).toMatchObject([{ outcome: 'timed_out' }]);
  });
});

test.concurrent('a decision that the run before was given, but may not have looked at, is given to the next run as well', async () => {
  const fail = { id: 'failed', timeout: 200, onTimeout: 'fail' };
  const handle = await agents.start('acrossRuns', [1, 2, hour('a'), hour('b'), fail]);
  await untilOpen(handle, 'a', 'b');
  await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann', note: 'a word' });
  await decide(handle, { id: 'b', verdict: 'reject' });
  const { ended } = await approvalsOf(handle);
  await toNextRun(handle);
  const [a, b, failed] = await handle.result();
  expect(a).toMatchObject({ outcome: 'approved', actor: 'ann', decidedAt: ended[1]?.changes.at(-1)?.at });
  expect(b).toMatchObject({ outcome: 'rejected' });
  expect(failed).toMatchObject({ type: 'ApprovalTimedOut' });
  expect(await attributesOf(handle)).toEqual({ state: 'rejected' });
});

test.concurrent('a decision of a run before lets nothing pass that has another subject', async () => {
  const deploy = (version: number) => ({ ...hour('deploy'), subject: `Deploy ${version}` });
  const handle = await agents.start('asksForOneInEachRun', [deploy(12), deploy(12), deploy(13)]);
  await untilOpen(handle, 'deploy');
  await decide(handle, { id: 'deploy', verdict: 'approve' });
  expect(await handle.result()).toMatchObject({
    type: 'ApprovalInvalid',
    message: expect.stringContaining('another subject'),
  });
});

test.concurrent('a decision that came early travels, and is taken in the next run', async () => {
  const handle = await agents.start('asksLaterInNextRun', [1, hour('a'), hour('early')]);
  await untilOpen(handle, 'a');
  await handle.signal('agentApprovalDecide', { id: 'early', verdict: 'reject', actor: 'ann' });
  await decide(handle, { id: 'a', verdict: 'approve' });
  await toNextRun(handle);
  await handle.signal('proceed');
  expect(await handle.result()).toMatchObject([{ outcome: 'approved' }, { outcome: 'rejected', actor: 'ann' }]);
});

test.concurrent('what was given up before continuing as new is asked again', async ({ expect }) => {
  const handle = await agents.start('givesUpAndContinues', [1, hour('a')]);
  const [open] = await untilOpen(handle, 'a');
  const requestedAt = open?.requestedAt;
  await toNextRun(handle);
  await expect.poll(async () => (await approvalsOf(handle)).open[0]?.requestedAt, IN_TIME).toEqual(expect.any(String));
  expect((await approvalsOf(handle)).open[0]?.requestedAt).not.toBe(requestedAt);
  await decide(handle, { id: 'a', verdict: 'approve' });
  expect(await handle.result()).toMatchObject({ outcome: 'approved' });
});

test.concurrent('ten times in a row lose neither deadline nor decisions, and every run replays', async ({ expect }) => {
  const handle = await agents.start('acrossRuns', [1, 11, hour('a'), { id: 'b', timeout: '2 hours' }]);
  const [a, b] = await untilOpen(handle, 'a', 'b');
  await handle.signal('agentApprovalDecide', { id: 'b', verdict: 'approve', actor: 'ann' });
  await acknowledge(handle, { id: 'a', actor: 'bob' });
  await handle.signal('proceed');
  const { workflowId } = handle;
  const lastRun = async () => {
    const [started] = await eventsOf(handle);
    const { data } = started?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0] ?? {};
    return Buffer.from(data ?? []).toString();
  };
  await expect.poll(lastRun, IN_TIME).toBe('11');
  expect(await untilOpen(handle, 'a')).toMatchObject([{ requestedAt: a?.requestedAt, dueAt: a?.dueAt }]);
  expect(await attributesOf(handle)).toEqual({ state: 'acknowledged', dueAt: a?.dueAt });
  await decide(handle, { id: 'a', verdict: 'reject' });
  expect(await handle.result()).toMatchObject([
    { outcome: 'rejected', changes: [{}, { state: 'acknowledged', actor: 'bob' }, {}] },
    { outcome: 'approved', actor: 'ann', changes: [{ at: b?.requestedAt }, {}] },
  ]);
  const histories = await fetchHistories(agents.server.client, workflowId, 11);
  expect(histories).toHaveLength(11);
  const { workflowBundle } = agents;
  expect(await replay({ workflowBundle, plugins: [agents.effects.plugin({ metrics: 'off' })] }, histories)).toEqual([]);
});

test.concurrent('subjects and notes are in no header', async () => {
  const handle = await agents.start('acrossRuns', [
    1,
    2,
    { ...hour('a'), subject: 'SECRET-1' },
    { ...hour('b'), subject: 'SECRET-2' },
  ]);
  await untilOpen(handle, 'a', 'b');
  await acknowledge(handle, { id: 'a', actor: 'ann', note: 'SECRET-3' });
  await decide(handle, { id: 'b', verdict: 'approve', actor: 'bob', note: 'SECRET-4' });
  await handle.signal('agentApprovalDecide', { id: 'early', verdict: 'approve', actor: 'cat', note: 'SECRET-5' });
  await toNextRun(handle);
  const [started] = await eventsOf(handle);
  const { fields } = started?.workflowExecutionStartedEventAttributes?.header ?? {};
  expect(readAgentHeader(fields ?? {}).approvals).toMatchObject({
    approvals: [
      { id: 'b', state: 'approved' },
      { id: 'a', state: 'acknowledged' },
    ],
    early: [{ id: 'early', verdict: 'approve', actor: 'cat' }],
  });
  const texts = Object.values(fields ?? {}).map(({ data }) => Buffer.from(data ?? []).toString());
  expect(texts.join()).not.toContain('SECRET');
  await handle.terminate();
});
