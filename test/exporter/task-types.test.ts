import { Registry } from 'prom-client';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { NamespaceAttributes } from '#lib/exporter/namespace-attributes';
import { NamespacePoller } from '#lib/exporter/namespace-poller';
import { TaskTypes } from '#lib/exporter/task-types';
import { TemporalDescriber } from '#lib/exporter/temporal-describer';
import { TemporalRequests } from '#lib/exporter/temporal-requests';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import type { Poll, Watch } from '#lib/exporter/watch';
import { acquireMetrics } from '#lib/metrics/index';
import { operator } from '../metrics/scrape';
import { FAST, prepare, runExporter, SOON, startAgent, withoutSlowPolls } from './support';

const address = inject('temporalAddress');
const UNLIMITED = { requestsPerSecond: 1000 };

/** Polls with these watches until the test is over. */
function runPoller({ namespace, connection }: Awaited<ReturnType<typeof prepare>>, watches: readonly Watch[]) {
  const who = operator();
  const stopping = new AbortController();
  const requests = new TemporalRequests(connection, UNLIMITED);
  const visibility = new TemporalVisibility(connection, namespace, UNLIMITED);
  const metrics = acquireMetrics({ registry: new Registry() }, 'exporter', who.report, who.logger).for(namespace);
  const describer = new TemporalDescriber(requests, namespace);
  const poller = new NamespacePoller({
    watched: { namespace, config: FAST, visibility, describer, metrics, logger: who.logger, found: () => undefined },
    watches,
    attributes: new NamespaceAttributes(namespace, requests, visibility),
    logger: who.logger,
    report: who.report,
    signal: stopping.signal,
  });
  const done = poller.run();
  onTestFinished(async () => {
    stopping.abort();
    await done;
  });
  return { poller, who };
}

test('a new task type is watched from the poll in which it is found', async () => {
  const prepared = await prepare(address, 'task-types-first-poll');
  const polls: Poll[] = [];
  runPoller(prepared, [{ query: 'overdue', poll: async (poll) => void polls.push(poll) }]);
  await vi.waitUntil(() => polls.length > 1, SOON);
  expect(polls[0]?.taskTypes).toEqual([]);
  await startAgent(prepared.client, 'fresh', 'fresh');
  await vi.waitUntil(() => polls.some(({ taskTypes }) => taskTypes.includes('fresh')), SOON);
  const first = polls.find(({ taskTypes }) => taskTypes.includes('fresh'));
  expect(first?.running.get('fresh')).toBe(1);
  expect([...(first?.attributes ?? [])]).toContain('AgentApprovalDueAt');
});

test('a watch that fails does not stop the others, and is said once', async () => {
  const prepared = await prepare(address, 'task-types-failing-watch');
  let polled = 0;
  const broken: Watch = { query: 'orphans', poll: () => Promise.reject(new TypeError('no such thing')) };
  const { poller, who } = runPoller(prepared, [broken, { query: 'closed', poll: async () => void polled++ }]);
  await vi.waitUntil(() => polled > 2, SOON);
  expect(poller.status()).toMatchObject({ ready: false, failures: ['no such thing'] });
  expect(poller.status().summary).toBe('namespace "task-types-failing-watch": never succeeded; no such thing');
  expect(withoutSlowPolls(who.lines)).toHaveLength(1);
  expect(who.errors[0]).toMatchObject({ part: 'exporter', error: { message: 'no such thing' } });
});

test('types of which nothing runs and nothing closed within the window are forgotten', async () => {
  const { namespace, connection, client } = await prepare(address, 'task-types-forgotten');
  const expected = { ...FAST.expected, windowMs: 3000, refreshMs: 500 };
  const ended = await startAgent(client, 'ended', 'ended');
  await startAgent(client, 'running', 'running');
  const { shows } = runExporter(namespace, { connection, config: { ...FAST, expected } });
  await shows('workflows_running{task_type="ended"}', 1);
  await ended.terminate();
  await shows('workflows_running{task_type="ended"}', 0);
  await shows('workflows_running{task_type="ended"}', undefined);
  await shows('workflows_running{task_type="running"}', 1);
});

test('no more types are watched than the cap, configured ones first, and the rest is said once', async () => {
  const { namespace, connection, client } = await prepare(address, 'task-types-capped');
  for (const type of ['a', 'b', 'c', 'd']) await startAgent(client, type, type);
  const visibility = new TemporalVisibility(connection, namespace, UNLIMITED);
  const who = operator();
  const types = new TaskTypes(visibility, { ...FAST, taskTypes: { d: {} } }, who.logger, 3);
  await vi.waitFor(async () => {
    await types.discover(Date.now(), true);
    expect(types.known).toHaveLength(3);
  }, SOON);
  expect(types.known).toContain('d');
  expect(types.mayMissSome).toBe(true);
  await vi.waitFor(async () => expect(await visibility.count('running', types.others)).toBe(1), SOON);
  types.sayMissed(1);
  types.sayMissed(1);
  expect(who.lines).toHaveLength(1);
  expect(who.lines[0]).toContain('more than 3 task types');
});

test('all types of closed runs are found, however many runs one type has', async () => {
  const { namespace, connection, client } = await prepare(address, 'task-types-closed');
  const runs = [await startAgent(client, 'rare', 'rare')];
  for (let i = 0; i < 150; i++) runs.push(await startAgent(client, 'frequent', `frequent-${i}`));
  await Promise.all(runs.map((run) => run.terminate()));
  const visibility = new TemporalVisibility(connection, namespace, UNLIMITED);
  await vi.waitFor(
    async () => expect(await visibility.count('closed', "ExecutionStatus = 'Terminated'")).toBe(151),
    SOON,
  );
  const types = new TaskTypes(visibility, FAST, operator().logger);
  await types.discover(Date.now(), false);
  expect(types.known).toEqual(['frequent', 'rare']);
  await types.forget(Date.now(), new Map());
  expect(types.known).toEqual(['frequent', 'rare']);
});
