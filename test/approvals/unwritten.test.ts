import { bundleWorkflowCode } from '@temporalio/worker';
import type { AgentObservabilityOptions } from 'temporal-agent-observability';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { countOurs, replay } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { Agents, acknowledge, attributesOf, decide, eventsOf, IN_TIME, untilNextRun, untilOpen } from './support';

async function agentsWith(namespace: string, options: AgentObservabilityOptions): Promise<Agents> {
  const agents = await Agents.start(inject('temporalAddress'), namespace, options);
  onTestFinished(() => agents.close());
  return agents;
}

/** A life with every change in it. Gives the outcome. */
async function live(agents: Agents, onOpen?: (handle: Awaited<ReturnType<Agents['start']>>) => Promise<void>) {
  const onTimeout = { escalateTo: 'lead', timeout: '1 hour' };
  const handle = await agents.start('asks', [
    { id: 'a', timeout: 500, onTimeout },
    { id: 'b', timeout: '2 hours' },
    { id: 'c', timeout: 300, onTimeout: 'approve' },
  ]);
  await expect
    .poll(async () => (await handle.query<{ open: unknown[] }>('agentApprovals')).open, IN_TIME)
    .toMatchObject([
      { id: 'a', state: 'escalated' },
      { id: 'b', state: 'submitted' },
    ]);
  await onOpen?.(handle);
  await acknowledge(handle, { id: 'a', actor: 'ann' });
  await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann' });
  await handle.signal('agentApprovalDecide', { id: 'b', verdict: 'reject', actor: 'bob' });
  return { handle, outcome: await handle.result() };
}

const OUTCOME = [
  { id: 'a', outcome: 'approved', approved: true, actor: 'ann' },
  { id: 'b', outcome: 'rejected', approved: false, actor: 'bob' },
  { id: 'c', outcome: 'timed_out', approved: true },
];

describe('approvals are the same where', () => {
  test('both attributes are left out by the options, and other attributes are written', async () => {
    const agents = await agentsWith('approvals-left-out', { searchAttributes: { include: ['AgentTaskId'] } });
    const { handle, outcome } = await live(agents);
    expect(outcome).toMatchObject(OUTCOME);
    expect(await attributesOf(handle)).toEqual({});
    const { typedSearchAttributes } = await handle.describe();
    const names = typedSearchAttributes.getAll().map(({ key }) => key.name);
    expect(names.filter((name) => name.startsWith('Agent'))).toEqual(['AgentTaskType']);
    expect((await eventsOf(handle)).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  });

  test('the due time alone is left out', async () => {
    const agents = await agentsWith('approvals-no-due', { searchAttributes: { include: ['AgentApprovalState'] } });
    const { handle, outcome } = await live(agents, async (open) => {
      expect(await attributesOf(open)).toEqual({ state: 'escalated' });
    });
    expect(outcome).toMatchObject(OUTCOME);
    expect(await attributesOf(handle)).toEqual({ state: 'rejected' });
  });

  test('the gate refused the run: nothing is written, and it replays without the plugin', async () => {
    const agents = await agentsWith('approvals-refused', { mode: 'drain' });
    const { handle, outcome } = await live(agents);
    expect(outcome).toMatchObject(OUTCOME);
    const history = await handle.fetchHistory();
    expect(countOurs(history)).toEqual({ markers: 0, upserts: 0 });
    const workflowsPath = require.resolve('./workflows/index.ts');
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
    expect(await replay({ workflowBundle }, [{ workflowId: handle.workflowId, history }])).toEqual([]);
    expect(await agents.effects.metric('approvals_decided_total')).toBe(3);

    const reporting = await agents.start('reports', []);
    await reporting.signal('report', { id: 'hand-made', state: 'submitted', dueAt: Date.now() + 60_000 });
    await untilOpen(reporting, 'hand-made');
    await reporting.signal('proceed');
    await reporting.result();
    expect(countOurs(await reporting.fetchHistory())).toEqual({ markers: 0, upserts: 0 });

    // What is known goes on to the next run all the same.
    const across = await agents.start('acrossRuns', [1, 2, { id: 'long', timeout: '1 hour' }]);
    const [first] = await untilOpen(across, 'long');
    const { runId } = await across.describe();
    await across.signal('proceed');
    await untilNextRun(across, runId);
    expect(await untilOpen(across, 'long')).toMatchObject([{ dueAt: first?.dueAt }]);
    await across.terminate();
  });

  test('there is no plugin', async () => {
    const agents = await agentsWith('approvals-alone', { mode: 'drain' });
    await agents.down();
    const workflowsPath = require.resolve('./workflows/index.ts');
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: quietRuntime() });
    await agents.up({ workflowBundle, plugins: [] });
    const { handle, outcome } = await live(agents);
    expect(outcome).toMatchObject(OUTCOME);
    expect(countOurs(await handle.fetchHistory())).toEqual({ markers: 0, upserts: 0 });
    const reporting = await agents.start('reports', []);
    await reporting.signal('report', { id: 'hand-made', state: 'approved' });
    await reporting.signal('agentApprovalDecide', null);
    await expect
      .poll(() => reporting.query('agentApprovals'), IN_TIME)
      .toMatchObject({ ended: [{ id: 'hand-made', reported: true }] });
    await reporting.signal('proceed');
    await reporting.result();
  });
});
