import { NativeConnection } from '@temporalio/worker';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { quietRuntime } from '../support/quiet-runtime';
import { FAST, prepare, runExporter, SOON, startAgent } from './support';

const address = inject('temporalAddress');

function running(found: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...found].filter(([key]) => key.startsWith('workflows_running')));
}

test('counts running agents of each task type, new ones included, and goes back when they end', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-running');
  const runs = [await startAgent(client, 'research', 'r-1'), await startAgent(client, 'research', 'r-2')];
  const { shows, polls, read, who, exporter } = runExporter(namespace, { connection });
  await shows('workflows_running{task_type="research"}', 2);
  runs.push(await startAgent(client, "it's new", 'n-1'));
  await shows('workflows_running{task_type="it\'s new"}', 1);
  for (const run of runs) await run.terminate();
  await shows('workflows_running{task_type="research"}', 0);
  await shows('workflows_running{task_type="it\'s new"}', 0);
  await polls(2);
  const errors = [...(await read())].filter(([key, value]) => key.startsWith('exporter_errors_total') && value !== 0);
  expect(errors).toEqual([]);
  expect(who.errors).toEqual([]);
  expect(who.lines).toEqual([]);
  expect(exporter.status()).toMatchObject({ ready: true });
});

test('runs without a task type are not counted, and configured types are there before any run', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-configured');
  await client.workflow.start('other', { taskQueue: 'no-worker', workflowId: 'other' });
  const config = { ...FAST, taskTypes: { billing: { expectedMs: 1000 } } };
  const { polls, read } = runExporter(namespace, { connection, config });
  await polls(2);
  expect(running(await read())).toEqual({ 'workflows_running{task_type="billing"}': 0 });
});

test('while no agent runs, the number of requests does not grow with task types', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-idle');
  const types = Array.from({ length: 8 }, (_, i) => `type-${i}`);
  const runs = await Promise.all(types.map((type) => startAgent(client, type, type)));
  const { shows, polls, read } = runExporter(namespace, { connection });
  for (const type of types) await shows(`workflows_running{task_type="${type}"}`, 1);
  for (const run of runs) await run.terminate();
  for (const type of types) await shows(`workflows_running{task_type="${type}"}`, 0);
  const requests = async () => (await read()).get('exporter_requests_total{query="running"}') ?? 0;
  const polled = async () => (await read()).get('exporter_poll_duration_seconds_count{}') ?? 0;
  await polls(1);
  const before = [await requests(), await polled()] as const;
  await polls(3);
  const after = [await requests(), await polled()] as const;
  // One is counted when it is sent, the other when its poll is over.
  expect(after[0] - before[0] - (after[1] - before[1])).toBeLessThanOrEqual(1);
});

test('agents of a task type that Temporal cannot be asked for count as "other"', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-unaskable');
  const odd = await startAgent(client, 'say "hi" \\', 'odd');
  await startAgent(client, 'plain', 'plain');
  const { shows, polls, read, who } = runExporter(namespace, { connection });
  await shows('workflows_running{task_type="other"}', 1);
  await shows('workflows_running{task_type="plain"}', 1);
  await polls(2);
  expect(who.lines).toHaveLength(1);
  expect(who.lines[0]).toContain('quotes');
  await odd.terminate();
  await shows('workflows_running{task_type="other"}', undefined);
  expect(running(await read())).toEqual({ 'workflows_running{task_type="plain"}': 1 });
});

test('two exporters agree, on a connection of a worker too, and a restart changes no gauge', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-replicas');
  const ended = await startAgent(client, 'ended', 'ended');
  await ended.terminate();
  for (const workflowId of ['a-1', 'a-2', 'a-3']) await startAgent(client, 'a', workflowId);
  quietRuntime();
  const native = await NativeConnection.connect({ address });
  onTestFinished(() => native.close());
  const first = runExporter(namespace, { connection });
  const second = runExporter(namespace, { connection: native });
  const expected = { 'workflows_running{task_type="a"}': 3, 'workflows_running{task_type="ended"}': 0 };
  await vi.waitFor(async () => expect(running(await first.read())).toEqual(expected), SOON);
  await vi.waitFor(async () => expect(running(await second.read())).toEqual(expected), SOON);
  await first.exporter.stop();
  const third = runExporter(namespace, { connection });
  await third.polls(1);
  expect(running(await third.read())).toEqual(expected);
  expect(running(await second.read())).toEqual(expected);
});
