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
  const { shows, polls, read, errors, lines, exporter } = runExporter(namespace, { connection });
  await shows('workflows_running{task_type="research"}', 2);
  runs.push(await startAgent(client, "it's new", 'n-1'));
  await shows('workflows_running{task_type="it\'s new"}', 1);
  for (const run of runs) await run.terminate();
  await shows('workflows_running{task_type="research"}', 0);
  await shows('workflows_running{task_type="it\'s new"}', 0);
  await polls(2);
  const failed = [...(await read())].filter(([key, value]) => key.startsWith('exporter_errors_total') && value !== 0);
  expect(failed).toEqual([]);
  expect(errors).toEqual([]);
  expect(lines()).toEqual([]);
  await vi.waitUntil(() => exporter.status().ready, SOON);
});

test('runs without a task type are not counted, and configured types are there before any run', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-configured');
  await client.workflow.start('other', { taskQueue: 'no-worker', workflowId: 'other' });
  const config = { ...FAST, taskTypes: { billing: { expectedMs: 1000 } } };
  const { polls, read } = runExporter(namespace, { connection, config });
  await polls(2);
  expect(running(await read())).toEqual({ 'workflows_running{task_type="billing"}': 0 });
});

test('the number of requests grows with task types of which agents run, not with idle ones', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-idle');
  const types = Array.from({ length: 8 }, (_, i) => `type-${i}`);
  const runs = await Promise.all(types.map((type) => startAgent(client, type, type)));
  const { shows, polls, read } = runExporter(namespace, { connection });
  const sample = async (name: string) => (await read()).get(name) ?? 0;
  /** Requests of one poll: the total of agents is one of them. */
  const perPoll = async () => {
    await polls(1);
    const requests = await sample('exporter_requests_total{query="running"}');
    const polled = await sample('exporter_poll_duration_seconds_count{}');
    await polls(4);
    const further = (await sample('exporter_requests_total{query="running"}')) - requests;
    return Math.round(further / ((await sample('exporter_poll_duration_seconds_count{}')) - polled));
  };
  for (const type of types) await shows(`workflows_running{task_type="${type}"}`, 1);
  expect(await perPoll()).toBeGreaterThan(4);
  for (const run of runs.slice(1)) await run.terminate();
  for (const type of types.slice(1)) await shows(`workflows_running{task_type="${type}"}`, 0);
  await shows('workflows_running{task_type="type-0"}', 1);
  expect(await perPoll()).toBeLessThanOrEqual(3);
  await runs[0]?.terminate();
  await shows('workflows_running{task_type="type-0"}', 0);
  expect(await perPoll()).toBe(1);
  await startAgent(client, 'type-5', 'again');
  await shows('workflows_running{task_type="type-5"}', 1);
});

test('agents of a task type that Temporal cannot be asked for count as "other"', async () => {
  const { namespace, connection, client } = await prepare(address, 'exporter-unaskable');
  const odd = await startAgent(client, 'say "hi" \\', 'odd');
  await startAgent(client, 'plain', 'plain');
  const { shows, polls, read, lines } = runExporter(namespace, { connection });
  await shows('workflows_running{task_type="other"}', 1);
  await shows('workflows_running{task_type="plain"}', 1);
  await polls(2);
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toContain('quotes');
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
