import type { WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { countOurs, replay } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { Agents, approvalsOf, attributesOf, eventsOf, IN_TIME, untilOpen } from './support';

let agents: Agents;

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-reported');
});

afterAll(() => agents?.close());

const dueAt = Date.now() + 3_600_000;

describe('a reported approval', () => {
  test('shows in query, attributes and metrics, at every state it is reported in', async () => {
    const { effects } = agents;
    const handle = await agents.start('reports', []);
    await handle.signal('report', { id: 'own', state: 'submitted', subject: 'A word', dueAt });
    expect(await untilOpen(handle, 'own')).toMatchObject([
      { state: 'submitted', subject: 'A word', reported: true, dueAt: new Date(dueAt).toISOString() },
    ]);
    expect(await attributesOf(handle)).toEqual({ state: 'submitted', dueAt: new Date(dueAt).toISOString() });
    await handle.signal('report', { id: 'own', state: 'acknowledged', actor: 'ann' });
    await handle.signal('report', { id: 'own', state: 'escalated', actor: 'lead', dueAt: dueAt + 1000.7 });
    await expect
      .poll(async () => (await approvalsOf(handle)).open, IN_TIME)
      .toMatchObject([{ state: 'escalated', escalatedTo: 'lead', subject: 'A word' }]);
    expect(await attributesOf(handle)).toEqual({ state: 'escalated', dueAt: new Date(dueAt + 1000).toISOString() });
    await handle.signal('report', { id: 'own', state: 'rejected', actor: 'lead', note: 'no' });
    await expect.poll(() => attributesOf(handle), IN_TIME).toEqual({ state: 'rejected' });
    const { open, ended } = await approvalsOf(handle);
    expect(open).toEqual([]);
    expect(ended).toMatchObject([{ state: 'rejected', approved: false, changes: [{}, {}, {}, { note: 'no' }] }]);
    await handle.signal('proceed');
    await handle.result();
    expect(await effects.metric('approvals_requested_total', { task_type: 'reports' })).toBe(1);
    expect(await effects.metric('approvals_decided_total', { outcome: 'rejected' })).toBe(1);
    expect(await effects.metric('approval_decision_seconds_count', { outcome: 'rejected' })).toBe(1);
  });

  test('counts once, however often its end is reported', async () => {
    const before = await agents.effects.metric('approvals_decided_total');
    const handle = await agents.start('reports', []);
    for (let i = 0; i < 3; i++) await handle.signal('report', { id: 'own', state: 'approved' });
    await expect.poll(async () => (await approvalsOf(handle)).ended, IN_TIME).toMatchObject([{ state: 'approved' }]);
    await handle.signal('proceed');
    await handle.result();
    expect(await agents.effects.metric('approvals_decided_total')).toBe(before + 1);
  });

  test('that makes no sense changes nothing, and one that does after it works', async () => {
    const handle = await agents.start('reports', []);
    const bad = [null, 5, {}, { id: '', state: 'submitted' }, { id: 'x'.repeat(201), state: 'submitted' }];
    const worse = [{ id: 'own' }, { id: 'own', state: 'open' }, { id: ['own'], state: 'submitted' }];
    for (const report of [...bad, ...worse]) await handle.signal('report', report);
    for (const due of [Number.NaN, -1, 1e300, 'soon', {}]) {
      await handle.signal('report', { id: 'own', state: 'submitted', dueAt: due, subject: 7, actor: {}, note: [] });
    }
    await expect.poll(async () => (await approvalsOf(handle)).open[0]?.changes.length, IN_TIME).toBeGreaterThan(0);
    const [own] = await untilOpen(handle, 'own');
    expect(Object.keys(own ?? {})).not.toContain('dueAt');
    expect(await attributesOf(handle)).toEqual({ state: 'submitted' });
    await handle.signal('proceed');
    await handle.result();
    expect((await eventsOf(handle)).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
    expect(await agents.effects.observerErrors()).toEqual({});
  });

  test('is one of a hundred at most; more are left out, and requests are not among them', async () => {
    const handle = await agents.start('reportsMany', [150]);
    await expect.poll(async () => (await approvalsOf(handle)).open.length, IN_TIME).toBe(101);
    await handle.signal('agentApprovalDecide', { id: 'requested', verdict: 'approve' });
    expect(await handle.result()).toMatchObject({ outcome: 'approved' });
  });
});

describe('reportApproval in the code of a run that is open already', () => {
  const bundle = (file: string) =>
    bundleWorkflowCode({
      workflowsPath: require.resolve(`./workflows/${file}.ts`),
      plugins: [agents.effects.plugin()],
      logger: quietRuntime(),
    });
  const searched = async (handle: WorkflowHandle) =>
    (await eventsOf(handle)).filter((event) => event.activityTaskCompletedEventAttributes).length;

  test('is safe: the run reports from the next call on, and replays', async () => {
    const workflowBundle = await bundle('after-reporting');
    await agents.down();
    await agents.up({ workflowBundle: await bundle('before-reporting') });
    const run = async () => {
      const handle = await agents.start('contract', []);
      await expect.poll(() => searched(handle), IN_TIME).toBe(1);
      return handle;
    };
    const [signed, seen] = [await run(), await run()];
    const upserts = countOurs(await signed.fetchHistory()).upserts;
    await agents.down();

    await agents.up({ workflowBundle });
    // What it would have reported is known again from history, though it was never written.
    await untilOpen(signed, 'contract');
    expect(await attributesOf(signed)).toEqual({});
    await seen.signal('seen');
    await expect
      .poll(() => attributesOf(seen), IN_TIME)
      .toMatchObject({ state: 'acknowledged', dueAt: expect.anything() });
    const fresh = await agents.start('contract', []);
    await expect.poll(() => attributesOf(fresh), IN_TIME).toMatchObject({ state: 'submitted' });
    await agents.down();
    await agents.up({ workflowBundle, maxCachedWorkflows: 100 });
    await untilOpen(seen, 'contract');
    for (const handle of [signed, seen, fresh]) {
      await handle.signal('sign');
      expect(await handle.result()).toBe('results for the archive');
      expect(await attributesOf(handle)).toEqual({ state: 'approved' });
      const history = await handle.fetchHistory();
      expect(history.events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
      const named = { workflowId: handle.workflowId, history };
      expect(await replay({ workflowBundle, plugins: [agents.effects.plugin({ metrics: 'off' })] }, [named])).toEqual(
        [],
      );
      expect(countOurs(history).markers).toBe(2);
    }
    expect(countOurs(await signed.fetchHistory()).upserts).toBeGreaterThan(upserts);
  });
});
