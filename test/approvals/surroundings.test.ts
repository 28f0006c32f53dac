import { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { bundleWorkflowCode, type WorkflowBundle } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { fetchHistories } from '../support/histories';
import { quietRuntime } from '../support/quiet-runtime';
import { Agents, acknowledge, decide, eventsOf, IN_TIME, refusalOf, untilNextRun, untilOpen } from './support';

let agents: Agents;
let ownHandlers: WorkflowBundle;
const warnings: string[] = [];

beforeAll(async () => {
  agents = await Agents.start(inject('temporalAddress'), 'approvals-surroundings');
  const workflowsPath = require.resolve('./workflows/own-handlers.ts');
  ownHandlers = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [workflowsPath],
    plugins: [agents.effects.plugin()],
    logger: quietRuntime(),
  });
  await agents.down();
  const warn = { fn: (_info: unknown, message: string) => void warnings.push(message), callDuringReplay: false };
  const ignore = { fn: () => {}, callDuringReplay: false };
  const sinks = { defaultWorkerLogger: { trace: ignore, debug: ignore, info: ignore, warn, error: warn } };
  await agents.up({ workflowBundle: ownHandlers, sinks });
});

afterAll(() => agents?.close());

test("the workflow's own handlers, default handlers and interceptors work as before", async () => {
  const handle = await agents.start('ownHandlers', []);
  await expect.poll(() => handle.query('ready').catch(String), IN_TIME).toBe(true);
  expect(await handle.query('unknown')).toBe('default unknown');
  await handle.signal('unknown');
  expect(await handle.executeUpdate('unknown')).toBe('unknown');
  await handle.signal('open');
  await untilOpen(handle, 'a');
  expect(await handle.executeUpdate('rename', { args: ['x'] })).toBe('renamed x');
  await expect(handle.executeUpdate('rename', { args: [''] })).rejects.toMatchObject({
    cause: { message: 'a name is needed' },
  });
  await handle.signal('later');
  await handle.signal('agentApprovalDecide', { id: 'b', verdict: 'approve' });
  expect(await refusalOf(decide(handle, { id: 'b', verdict: 'approve' }))).toMatchObject({ reason: 'not-requested' });
  await acknowledge(handle, { id: 'a' });
  await decide(handle, { id: 'a', verdict: 'approve', actor: 'ann' });
  expect(await handle.result()).toEqual({
    outcome: 'approved',
    actor: 'ann',
    defaults: ['signal unknown', 'update unknown', 'signal later'],
    seen: [
      'signal unknown',
      'update unknown',
      'signal open',
      'update rename',
      'signal later',
      'signal agentApprovalDecide',
      'update agentApprovalAcknowledge',
      'update agentApprovalDecide',
    ],
  });
});

test('no handler is unfinished when the workflow ends in the activation of the decision', async () => {
  const byUpdate = await agents.start('endsAtOnce', []);
  await untilOpen(byUpdate, 'a');
  expect(await decide(byUpdate, { id: 'a', verdict: 'approve' })).toMatchObject({ state: 'approved' });
  expect(await byUpdate.result()).toBe('approved');
  const bySignal = await agents.start('endsAtOnce', []);
  await bySignal.signal('agentApprovalDecide', { id: 'a', verdict: 'reject' });
  expect(await bySignal.result()).toBe('rejected');
  expect(warnings).toEqual([]);
});

test('a signal that cannot be used is a warning in the log of the workflow', async () => {
  const handle = await agents.start('endsAtOnce', []);
  await untilOpen(handle, 'a');
  await handle.signal('agentApprovalDecide', 'SECRET');
  await decide(handle, { id: 'a', verdict: 'approve' });
  await handle.result();
  expect(warnings).toEqual(['A signal for an approval was ignored']);
});

test('an update that comes before the first workflow task is taken, once the workflow asks in it', async () => {
  await agents.down();
  const handle = await agents.start('endsAtOnce', []);
  const decided = decide(handle, { id: 'a', verdict: 'approve' });
  // The server keeps updates for whichever worker comes; this one begins to ask for tasks much later than the update is sent.
  await agents.up({ workflowBundle: ownHandlers });
  expect(await decided).toMatchObject({ state: 'approved' });
  expect(await handle.result()).toBe('approved');
  const tasks = (await eventsOf(handle)).filter((event) => event.workflowTaskCompletedEventAttributes);
  expect(tasks).toHaveLength(1);
});

test('behind a payload codec, subjects and notes are readable nowhere in history, headers included', async () => {
  const flip: PayloadCodec['encode'] = async (payloads) =>
    payloads.map((payload) => ({ ...payload, data: (payload.data ?? new Uint8Array()).map((byte) => byte ^ 0xff) }));
  const dataConverter = { payloadCodecs: [{ encode: flip, decode: flip }] };
  await agents.down();
  await agents.up({ dataConverter });
  const { connection } = agents.server.client;
  const client = new Client({ connection, namespace: agents.server.namespace, dataConverter });
  const workflowId = 'behind-a-codec';
  const args = [1, 2, { id: 'a', subject: 'SECRET', timeout: '1 hour' }, { id: 'b', timeout: '2 hours' }];
  const { firstExecutionRunId } = await client.workflow.start('acrossRuns', { workflowId, taskQueue: 'agents', args });
  const handle = client.workflow.getHandle(workflowId);
  await untilOpen(handle, 'a', 'b');
  await acknowledge(handle, { id: 'a', actor: 'ann', note: 'SECRET' });
  await decide(handle, { id: 'b', verdict: 'approve', note: 'SECRET' });
  await handle.signal('agentApprovalDecide', { id: 'early', verdict: 'approve', note: 'SECRET' });
  await handle.signal('proceed');
  await untilNextRun(handle, firstExecutionRunId);
  await decide(handle, { id: 'a', verdict: 'reject', note: 'SECRET' });
  expect(await handle.result()).toMatchObject([{ outcome: 'rejected', note: 'SECRET' }, { outcome: 'approved' }]);
  const histories = await fetchHistories(agents.server.client, workflowId, 2);
  expect(histories).toHaveLength(2);
  const texts = histories.flatMap(({ history }) => bytesIn(history).map((bytes) => Buffer.from(bytes).toString()));
  expect(texts.length).toBeGreaterThan(20);
  expect(texts.filter((text) => text.includes('SECRET'))).toEqual([]);
  expect((await eventsOf(handle)).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
});

/** All bytes that stand anywhere in a value. */
function bytesIn(value: unknown): Uint8Array[] {
  if (value instanceof Uint8Array) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(bytesIn);
}
