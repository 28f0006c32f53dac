import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Expectation, ExpectedDurations, percentile95, sampleEndMs } from '#lib/exporter/expected';
import { OverdueWatch } from '#lib/exporter/watches/overdue';
import { quietRuntime } from '../support/quiet-runtime';
import { AgentNamespace, type ConfigPart, configOf, MINUTE, watching } from './watching';
import { agent, longAgent } from './workflows/overdue';

const TASK_QUEUE = 'expected';
const RUNS = 60;

let agents: AgentNamespace;
let native: NativeConnection;
let worker: Worker;
let running: Promise<void>;

beforeAll(async () => {
  quietRuntime();
  const address = inject('temporalAddress');
  agents = await AgentNamespace.create(address, 'exporter-expected');
  native = await NativeConnection.connect({ address });
  worker = await Worker.create({
    connection: native,
    namespace: agents.namespace,
    taskQueue: TASK_QUEUE,
    workflowsPath: path.join(import.meta.dirname, 'workflows/overdue.ts'),
    activities: { lookUp: async () => 'found' },
  });
  running = worker.run();
  // Task ages by a fixed rule, spread over some hours and in no order.
  const ages = Array.from({ length: RUNS }, (_, i) => 10 * MINUTE + ((i * 7919) % RUNS) * 4 * MINUTE + i * 1234);
  await Promise.all(ages.map((age) => complete('research', age)));
  await Promise.all([5, 6, 7].map((minutes) => complete('rare', minutes * MINUTE)));
  await agents.seen(RUNS + 3, "ExecutionStatus = 'Completed'");
});

afterAll(async () => {
  worker?.shutdown();
  await running;
  await native?.close();
  await agents?.close();
});

/** A task that began so long ago and completes now. */
async function complete(taskType: string, ageMs: number): Promise<void> {
  await end('completes', taskType, ageMs);
}

async function end(how: 'completes' | 'fails', taskType: string, ageMs: number): Promise<void> {
  const attributes = { AgentTaskType: taskType, AgentTaskStartedAt: new Date(Date.now() - ageMs) };
  const handle = await agents.start(attributes, { workflowType: agent.name, taskQueue: TASK_QUEUE, args: [how] });
  await handle.result().catch(() => {});
}

/** Durations of completed runs as the client's own list gives them, the newest closed first. */
async function durationsOf(taskType: string): Promise<number[]> {
  const runs: { closed: number; duration: number }[] = [];
  const query = `AgentTaskType = '${taskType}' AND ExecutionStatus = 'Completed'`;
  for await (const { closeTime, searchAttributes } of agents.client.workflow.list({ query })) {
    const [started] = searchAttributes.AgentTaskStartedAt ?? [];
    const closed = closeTime?.getTime() ?? Number.NaN;
    runs.push({ closed, duration: closed - (started as Date).getTime() });
  }
  return runs.sort((a, b) => b.closed - a.closed).map(({ duration }) => duration);
}

/** The least duration that at least 95 % took at most, found by trying them all. */
function exact95(durations: readonly number[]): number {
  const enough = durations.filter(
    (candidate) => durations.filter((duration) => duration <= candidate).length >= 0.95 * durations.length,
  );
  return Math.min(...enough);
}

/** Late enough for everything that closed before to be in the sample. */
const later = () => Date.now() + MINUTE;

async function expected(taskType: string, part: ConfigPart = {}, nowMs = later()): Promise<Expectation | undefined> {
  const config = configOf({ ...part, expected: { refreshMs: 1000, factor: 1, floorMs: 0, ...part.expected } });
  return (await new ExpectedDurations(agents.visibility(), config).of([taskType], nowMs)).get(taskType);
}

describe('of runs that completed', () => {
  test('the 95th percentile of how long their tasks took is expected', async () => {
    const exact = exact95(await durationsOf('research'));
    expect(await expected('research')).toEqual({ source: 'observed', sample: RUNS, ms: exact });
  });

  test('times the factor, and the floor at least', async () => {
    const exact = exact95(await durationsOf('research'));
    expect(await expected('research', { expected: { factor: 1.5 } })).toMatchObject({ ms: Math.round(exact * 1.5) });
    const floorMs = exact + MINUTE;
    expect(await expected('research', { expected: { floorMs } })).toMatchObject({ ms: floorMs });
  });

  test('nothing is expected while they are fewer than the minimum', async () => {
    expect(await expected('rare')).toEqual({ source: 'observed', sample: 3 });
    expect(await expected('rare', { expected: { minimumSample: 3 } })).toMatchObject({
      ms: exact95(await durationsOf('rare')),
    });
    expect(await expected('unheard of', { expected: { minimumSample: 0 } })).toEqual({ source: 'observed', sample: 0 });
  });

  test('only the newest closed of the window are looked at', async () => {
    const sampleSize = 20;
    const newest = (await durationsOf('research')).slice(0, sampleSize);
    expect(await expected('research', { expected: { sampleSize } })).toEqual({
      ...{ source: 'observed', sample: sampleSize, ms: exact95(newest) },
    });
    const after = Date.now() + 3_600_000;
    expect(await expected('research', { expected: { windowMs: 1800_000 } }, after)).toMatchObject({ sample: 0 });
  });

  test('what is configured takes their place, and asks nothing', async () => {
    const visibility = agents.visibility();
    const config = configOf({ taskTypes: { research: { expectedMs: 5 * MINUTE } } });
    const expectations = await new ExpectedDurations(visibility, config).of(['research'], later());
    expect(expectations.get('research')).toEqual({ source: 'configured', ms: 5 * MINUTE });
    expect(visibility.requests).toEqual([]);
  });
});

test('what was observed is exported, and what is older is overdue', async () => {
  const { ms = Number.NaN } = (await expected('research')) ?? {};
  const nowMs = later();
  const stuck = { AgentTaskType: 'research', AgentTaskStartedAt: new Date(nowMs - ms - 1000) };
  const fine = { AgentTaskType: 'research', AgentTaskStartedAt: new Date(nowMs - ms + 1000) };
  const handles = await Promise.all([stuck, fine].map((attributes) => agents.start(attributes)));
  await agents.seen(2, "AgentTaskType = 'research' AND ExecutionStatus = 'Running'");
  const exporter = watching(agents, OverdueWatch, { expected: { refreshMs: 1000, factor: 1, floorMs: 0 } });
  await exporter.poll(['research', 'rare'], { nowMs });
  expect(await exporter.values('workflow_expected_seconds')).toEqual({
    'task_type="research",source="observed"': ms / 1000,
  });
  expect(await exporter.values('workflows_overdue')).toEqual({ 'task_type="research"': 1 });
  await Promise.all(handles.map((handle) => handle.terminate()));
});

test('runs that failed or were terminated do not raise what is expected', async () => {
  const before = await expected('research');
  const stuck = { AgentTaskType: 'research', AgentTaskStartedAt: new Date(Date.now() - 100 * 3_600_000) };
  await Promise.all(
    Array.from({ length: 10 }, async (_, i) => {
      if (i % 2 === 0) await (await agents.start(stuck)).terminate('hung');
      else await end('fails', 'research', 100 * 3_600_000);
    }),
  );
  await agents.seen(0, "AgentTaskType = 'research' AND ExecutionStatus = 'Running'");
  expect(await expected('research')).toEqual(before);
});

test('a task that continued as new is one of the sample, from its beginning', async () => {
  const AgentTaskStartedAt = new Date(Date.now() - 30 * MINUTE);
  const workflowId = 'continues';
  const handle = await agents.start(
    { AgentTaskType: 'continues', AgentTaskStartedAt },
    { workflowType: longAgent.name, taskQueue: TASK_QUEUE, workflowId, args: [3, 'completes'] },
  );
  await handle.result();
  await agents.seen(4, `WorkflowId = '${workflowId}' AND ExecutionStatus != 'Running'`);
  const expectation = await expected('continues', { expected: { minimumSample: 1 } });
  expect(expectation).toMatchObject({ sample: 1 });
  expect(expectation?.ms).toBeGreaterThanOrEqual(30 * MINUTE);
});

test('a run without AgentTaskStartedAt is measured from when it could begin', async () => {
  const options = { taskQueue: TASK_QUEUE, args: ['completes'], startDelay: '2s' };
  const handle = await agents.start({ AgentTaskType: 'unmarked' }, options);
  await handle.result();
  await agents.seen(1, "AgentTaskType = 'unmarked' AND ExecutionStatus = 'Completed'");
  const { executionTime, closeTime } = await handle.describe();
  const expectation = await expected('unmarked', { expected: { minimumSample: 1 } });
  expect(expectation?.ms).toBe((closeTime?.getTime() ?? 0) - (executionTime?.getTime() ?? 0));
});

describe('a sample', () => {
  const REFRESH = 5 * MINUTE;
  const config = configOf({ expected: { refreshMs: REFRESH, minimumSample: 1, factor: 1, floorMs: 0 } });

  test('is asked for once until the next ends, and is the same for whoever asks', async () => {
    // All that there is closed before this sample ends.
    const endMs = Math.ceil(Date.now() / REFRESH) * REFRESH;
    const visibility = agents.visibility();
    const one = new ExpectedDurations(visibility, config);
    const first = await one.of(['research', 'rare'], endMs + 20_000);
    expect(await one.of(['research', 'rare'], endMs + REFRESH)).toEqual(first);
    expect(visibility.requests).toEqual(['list closed', 'list closed']);
    expect(await new ExpectedDurations(agents.visibility(), config).of(['research', 'rare'], endMs + 90_000)).toEqual(
      first,
    );
    await one.of(['research', 'rare'], endMs + REFRESH + 20_000);
    expect(visibility.requests).toHaveLength(4);
  });

  test('holds no run that closed after it ended, or that visibility may not show yet', async () => {
    const handle = await agents.start({ AgentTaskType: 'boundary' }, { taskQueue: TASK_QUEUE, args: ['completes'] });
    await handle.result();
    await agents.seen(1, "AgentTaskType = 'boundary' AND ExecutionStatus = 'Completed'");
    const closedMs = (await handle.describe()).closeTime?.getTime() ?? Number.NaN;
    const nextMs = Math.ceil(closedMs / REFRESH) * REFRESH;
    const sampleAt = async (nowMs: number) =>
      (await new ExpectedDurations(agents.visibility(), config).of(['boundary'], nowMs)).get('boundary')?.sample;
    expect(await sampleAt(nextMs - 1)).toBe(0);
    expect(await sampleAt(nextMs)).toBe(0);
    expect(await sampleAt(nextMs + 20_000)).toBe(1);
  });

  test('ends at multiples of the refresh interval', () => {
    expect(sampleEndMs(7 * REFRESH + 9_999, REFRESH)).toBe(6 * REFRESH);
    expect(sampleEndMs(7 * REFRESH + 10_000, REFRESH)).toBe(7 * REFRESH);
    expect(sampleEndMs(8 * REFRESH - 1, REFRESH)).toBe(7 * REFRESH);
  });
});

test.each([
  [[7], 7],
  [Array.from({ length: 20 }, (_, i) => 20 - i), 19],
  [Array.from({ length: 21 }, (_, i) => i + 1), 20],
  [Array.from({ length: 1000 }, (_, i) => i + 1), 950],
])('the 95th percentile is a value of the sample, by nearest rank', (sample, value) => {
  expect(percentile95(sample)).toBe(value);
  expect(exact95(sample)).toBe(value);
});
