import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ClosedWatch } from '#lib/exporter/watches/closed';
import { type AgentAttributes, AgentNamespace, MINUTE, watching } from './watching';

let agents: AgentNamespace;

beforeAll(async () => {
  agents = await AgentNamespace.create(inject('temporalAddress'), 'exporter-closed');
});

afterAll(async () => {
  await agents?.close();
});

/** Late enough for everything that closed by now to be looked at, and nothing that closes from now on. */
const settled = () => ({ nowMs: Date.now() + 10_000 });

async function close(taskType: string, attributes: AgentAttributes = {}): Promise<void> {
  const handle = await agents.start({ AgentTaskType: taskType, ...attributes });
  await handle.terminate();
}

/** Count and sum of each histogram. */
async function histograms(exporter: ReturnType<typeof watching>, taskType: string) {
  const label = `task_type="${taskType}"`;
  const of = async (metric: string) => ({
    count: (await exporter.values(`workflow_${metric}_count`))[label],
    sum: (await exporter.values(`workflow_${metric}_sum`))[label],
  });
  return { duration: await of('duration_seconds'), iterations: await of('iterations'), tokens: await of('tokens') };
}

test('runs that closed since the last poll are observed once, by what their attributes say', async () => {
  await close('early');
  await agents.seen(1, "ExecutionStatus = 'Terminated'");
  const exporter = watching(agents, ClosedWatch);
  await exporter.poll([], settled());

  const AgentTaskStartedAt = new Date(Date.now() - 100 * MINUTE);
  await close('late', { AgentTaskStartedAt, AgentIteration: 7, AgentTokens: 1200 });
  await close('late', { AgentTaskStartedAt, AgentIteration: 3 });
  await agents.start({ AgentTaskType: 'late', AgentIteration: 50 });
  await agents.seen(2, "AgentTaskType = 'late' AND ExecutionStatus = 'Terminated'");
  await exporter.poll([], settled());
  await exporter.poll([], settled());

  const { duration, iterations, tokens } = await histograms(exporter, 'late');
  expect(duration.count).toBe(2);
  expect(duration.sum).toBeGreaterThan(2 * 6000);
  expect(duration.sum).toBeLessThan(2 * 6060);
  expect(iterations).toEqual({ count: 2, sum: 10 });
  expect(tokens).toEqual({ count: 1, sum: 1200 });
  expect((await histograms(exporter, 'early')).duration.count).toBeUndefined();
});

test('what closes meanwhile is left to the next poll, as visibility may not show all of it', async () => {
  const exporter = watching(agents, ClosedWatch);
  await exporter.poll([], settled());
  await close('fresh');
  await agents.seen(1, "AgentTaskType = 'fresh' AND ExecutionStatus = 'Terminated'");
  await exporter.poll([], { nowMs: Date.now() });
  expect((await histograms(exporter, 'fresh')).duration.count).toBeUndefined();
  await exporter.poll([], settled());
  expect((await histograms(exporter, 'fresh')).duration.count).toBe(1);
});

test('one request a poll gives the newest up to the limit, and what failed is made up for', async () => {
  const visibility = agents.visibility();
  const { list } = visibility;
  let isDown = false;
  visibility.list = (query, condition, limit) =>
    isDown ? Promise.reject(new Error('Temporal is down')) : list(query, condition, limit);
  const exporter = watching(agents, ClosedWatch, { listLimit: 3 }, visibility);
  await exporter.poll([], settled());
  expect(visibility.requests).toEqual([]);
  for (const iteration of [1, 2, 30, 40, 50]) await close('capped', { AgentIteration: iteration });
  await agents.seen(5, "AgentTaskType = 'capped' AND ExecutionStatus = 'Terminated'");
  isDown = true;
  await expect(exporter.poll([], settled())).rejects.toThrow('Temporal is down');
  isDown = false;
  await exporter.poll([], settled());
  expect((await histograms(exporter, 'capped')).iterations).toEqual({ count: 3, sum: 120 });
  expect(visibility.requests).toEqual(['list closed']);
});
