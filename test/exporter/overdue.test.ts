import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { runningTaskTypes } from '#lib/cli/overdue/running-task-types';
import type { Visibility } from '#lib/client/visibility';
import type { ExporterConfig } from '#lib/exporter/config';
import { listOverdue } from '#lib/exporter/overdue';
import { OverdueWatch } from '#lib/exporter/watches/overdue';
import { connect, FAST, runExporter } from './support';
import { AgentNamespace, type ConfigPart, MINUTE, watching } from './watching';

let agents: AgentNamespace;

beforeAll(async () => {
  agents = await AgentNamespace.create(inject('temporalAddress'), 'exporter-overdue');
});

afterAll(async () => {
  await agents?.close();
});

const EXPECTED = 'workflow_expected_seconds';
const OVERDUE = 'workflows_overdue';
const OLDEST = 'workflow_oldest_overdue_start_timestamp_seconds';

const label = (taskType: string) => `task_type="${taskType}"`;

/** Starts runs of tasks that began so many minutes ago, and waits until visibility shows them. */
async function startAged(taskType: string, ...minutes: number[]) {
  const handles = await Promise.all(
    minutes.map((ago) =>
      agents.start({ AgentTaskType: taskType, AgentTaskStartedAt: new Date(Date.now() - ago * MINUTE) }),
    ),
  );
  await agents.seen(minutes.length, `AgentTaskType = '${taskType}' AND ExecutionStatus = 'Running'`);
  return handles;
}

/** Expected of every one of these types: ten minutes. */
function tenMinutes(...taskTypes: string[]): ConfigPart {
  return { taskTypes: Object.fromEntries(taskTypes.map((taskType) => [taskType, { expectedMs: 10 * MINUTE }])) };
}

async function startOf(handle: WorkflowHandle): Promise<number> {
  const { searchAttributes } = await handle.describe();
  const [started] = searchAttributes.AgentTaskStartedAt ?? [];
  return (started as Date).getTime() / 1000;
}

test('agents older than expected are overdue until they close; younger ones never are', async () => {
  const [old, older] = await startAged('slow', 11, 25, 9);
  await startAged('quick', 1, 2);
  const exporter = watching(agents, OverdueWatch, tenMinutes('slow', 'quick'));
  await exporter.poll(['slow', 'quick']);
  expect(await exporter.values(EXPECTED)).toEqual({
    [`${label('slow')},source="configured"`]: 600,
    [`${label('quick')},source="configured"`]: 600,
  });
  expect(await exporter.values(OVERDUE)).toEqual({ [label('slow')]: 2, [label('quick')]: 0 });
  if (old === undefined || older === undefined) throw new Error('not started');
  expect(await exporter.values(OLDEST)).toEqual({ [label('slow')]: await startOf(older) });

  const other = watching(agents, OverdueWatch, tenMinutes('slow', 'quick'));
  await other.poll(['slow', 'quick']);
  for (const metric of [EXPECTED, OVERDUE, OLDEST]) {
    expect(await other.values(metric)).toEqual(await exporter.values(metric));
  }

  await older.terminate();
  await agents.seen(2, `AgentTaskType = 'slow' AND ExecutionStatus = 'Running'`);
  await exporter.poll(['slow', 'quick']);
  expect(await exporter.values(OVERDUE)).toMatchObject({ [label('slow')]: 1 });
  expect(await exporter.values(OLDEST)).toEqual({ [label('slow')]: await startOf(old) });

  await old.terminate();
  await agents.seen(1, `AgentTaskType = 'slow' AND ExecutionStatus = 'Running'`);
  await exporter.poll(['slow', 'quick']);
  expect(await exporter.values(OVERDUE)).toEqual({ [label('slow')]: 0, [label('quick')]: 0 });
  expect(await exporter.values(OLDEST)).toEqual({});
});

test('exporters, one of them just started, show the same within two polls, and so they do when it is over', async () => {
  const connection = connect(inject('temporalAddress'));
  const { namespace } = agents;
  const config: ExporterConfig = { ...FAST, taskTypes: { exported: { expectedMs: 10 * MINUTE } } };
  const handles = await startAged('exported', 11, 25, 9);
  const overdue = `${OVERDUE}{${label('exported')}}`;
  const oldest = `${OLDEST}{${label('exported')}}`;
  const first = runExporter(namespace, { connection, config });
  await first.polls(1);
  const second = runExporter(namespace, { connection, config });
  await second.polls(1);
  for (const { read } of [first, second]) {
    expect((await read()).get(overdue)).toBe(2);
    expect((await read()).get(oldest)).toBe(await startOf(handles[1] as WorkflowHandle));
  }
  await Promise.all(handles.map((handle) => handle.terminate()));
  await agents.seen(0, `AgentTaskType = 'exported' AND ExecutionStatus = 'Running'`);
  for (const { polls, read, lines } of [first, second]) {
    await polls(2);
    expect((await read()).get(overdue)).toBe(0);
    expect((await read()).has(oldest)).toBe(false);
    expect(lines()).toEqual([]);
  }
});

test('where nothing is expected, nothing is said to be overdue or not', async () => {
  await startAged('unexpected', 1000);
  const exporter = watching(agents, OverdueWatch);
  await exporter.poll(['unexpected']);
  for (const metric of [EXPECTED, OVERDUE, OLDEST]) expect(await exporter.values(metric)).toEqual({});
});

test('a run without AgentTaskStartedAt is as old as it is, and one that is yet to begin is not late', async () => {
  const taken = await agents.start({ AgentTaskType: 'never-taken' });
  await agents.start(
    { AgentTaskType: 'never-taken', AgentTaskStartedAt: new Date(Date.now() - 60 * MINUTE) },
    { startDelay: 300 * MINUTE },
  );
  await agents.seen(2, `AgentTaskType = 'never-taken'`);
  const exporter = watching(agents, OverdueWatch, tenMinutes('never-taken'));
  await exporter.poll(['never-taken']);
  expect(await exporter.values(OVERDUE)).toEqual({ [label('never-taken')]: 0 });
  await exporter.poll(['never-taken'], { nowMs: Date.now() + 11 * MINUTE });
  expect(await exporter.values(OVERDUE)).toEqual({ [label('never-taken')]: 1 });
  const { startTime } = await taken.describe();
  expect(await exporter.values(OLDEST)).toEqual({ [label('never-taken')]: startTime.getTime() / 1000 });
});

test('without AgentTaskStartedAt, start delays and waits for a cron schedule do not make a run older', async () => {
  const late = await agents.start({ AgentTaskType: 'held' }, { startDelay: 300 * MINUTE });
  const yearly = await agents.start({ AgentTaskType: 'held' }, { cronSchedule: '0 0 29 2 *' });
  await agents.seen(2, `AgentTaskType = 'held'`);
  const exporter = watching(agents, OverdueWatch, tenMinutes('held'));
  for (const [waiting, before] of [
    [late, 0],
    [yearly, 1],
  ] as const) {
    const { executionTime } = await waiting.describe();
    const begins = executionTime?.getTime() ?? expect.fail();
    await exporter.poll(['held'], { nowMs: begins + 9 * MINUTE });
    expect(await exporter.values(OVERDUE)).toEqual({ [label('held')]: before });
    await exporter.poll(['held'], { nowMs: begins + 11 * MINUTE });
    expect(await exporter.values(OVERDUE)).toEqual({ [label('held')]: before + 1 });
    if (before === 0) expect(await exporter.values(OLDEST)).toEqual({ [label('held')]: begins / 1000 });
  }
});

test('a run that the server holds back after it continued as new is overdue by the start of its task', async () => {
  const began = new Date(Date.now() - 60 * MINUTE);
  // As such a run looks: attributes that a worker has written, and a first workflow task that is yet to come.
  const written = { AgentTaskType: 'restless', AgentTaskStartedAt: began, AgentIteration: 12 };
  await agents.start(written, { startDelay: 300 * MINUTE });
  await agents.seen(1, `AgentTaskType = 'restless'`);
  const exporter = watching(agents, OverdueWatch, tenMinutes('restless'));
  await exporter.poll(['restless']);
  expect(await exporter.values(OVERDUE)).toEqual({ [label('restless')]: 1 });
  expect(await exporter.values(OLDEST)).toEqual({ [label('restless')]: began.getTime() / 1000 });
});

describe('more overdue agents than one List gives', () => {
  const part: ConfigPart = { ...tenMinutes('many', 'few'), listLimit: 5 };

  test('are counted, and the oldest is found', async () => {
    // Days apart and minutes apart, so that the search has to widen and to narrow.
    const minutes = Array.from({ length: 40 }, (_, i) => 20 + i);
    const handles = await startAged('many', ...minutes, 3 * 1440, 2 * 1440);
    await startAged('few', 30, 60, 5);
    const visibility = agents.visibility();
    const exporter = watching(agents, OverdueWatch, part, visibility);
    await exporter.poll(['many', 'few']);
    expect(await exporter.values(OVERDUE)).toEqual({ [label('many')]: 42, [label('few')]: 2 });
    const oldest = handles[40];
    if (oldest === undefined) throw new Error('not started');
    expect(await exporter.values(OLDEST)).toMatchObject({ [label('many')]: await startOf(oldest) });
    const first = visibility.requests.splice(0).length;

    await exporter.poll(['many', 'few']);
    expect(visibility.requests.length).toBeLessThan(first);
    expect(visibility.requests).toHaveLength(5);

    const second = handles[41];
    if (second === undefined) throw new Error('not started');
    await oldest.terminate();
    await agents.seen(41, `AgentTaskType = 'many' AND ExecutionStatus = 'Running'`);
    await exporter.poll(['many', 'few']);
    expect(await exporter.values(OLDEST)).toMatchObject({ [label('many')]: await startOf(second) });
  });

  test('are listed, the oldest first, as many as are wanted', async () => {
    const minutes = Array.from({ length: 30 }, (_, i) => 100 - i);
    await startAged('listed', ...minutes);
    const question = {
      visibility: agents.visibility(),
      attributes: agents.attributes,
      nowMs: Date.now(),
      listLimit: 5,
    };
    for (const wanted of [1, 5, 7]) {
      const { total, runs } = await listOverdue(question, new Map([['listed', 10 * MINUTE]]), wanted);
      expect(total).toBe(30);
      const ages = runs.map(({ taskStartedAtMs = 0 }) => Math.floor((question.nowMs - taskStartedAtMs) / MINUTE));
      expect(ages).toEqual(minutes.slice(0, wanted));
    }
  });

  test('have their start found where all of them began at once', async () => {
    const AgentTaskStartedAt = new Date(Date.now() - 60 * MINUTE);
    await Promise.all(Array.from({ length: 12 }, () => agents.start({ AgentTaskType: 'at-once', AgentTaskStartedAt })));
    await agents.seen(12, `AgentTaskType = 'at-once'`);
    const visibility = agents.visibility();
    const exporter = watching(agents, OverdueWatch, { ...tenMinutes('at-once'), listLimit: 5 }, visibility);
    for (let poll = 0; poll < 2; poll++) {
      await exporter.poll(['at-once']);
      expect(await exporter.values(OVERDUE)).toEqual({ [label('at-once')]: 12 });
      expect(await exporter.values(OLDEST)).toEqual({ [label('at-once')]: AgentTaskStartedAt.getTime() / 1000 });
      if (poll === 0) visibility.requests.length = 0;
    }
    // Two counts; a list of where they were found, a count of the millisecond before, and a list of either side.
    expect(visibility.requests).toHaveLength(6);
  });

  test('that began before many others of one moment are listed first', async () => {
    const moment = new Date(Date.now() - 60 * MINUTE);
    const start = (AgentTaskStartedAt: Date) => agents.start({ AgentTaskType: 'moment', AgentTaskStartedAt });
    await Promise.all(Array.from({ length: 12 }, () => start(moment)));
    const earlier = [await start(new Date(moment.getTime() - 2)), await start(new Date(moment.getTime() - 1))];
    await agents.seen(14, `AgentTaskType = 'moment'`);
    const { attributes } = agents;
    const question = { visibility: agents.visibility(), attributes, nowMs: Date.now(), listLimit: 5 };
    const { total, runs } = await listOverdue(question, new Map([['moment', 10 * MINUTE]]), 5);
    expect(total).toBe(14);
    expect(runs.map(({ workflowId }) => workflowId).slice(0, 2)).toEqual(earlier.map(({ workflowId }) => workflowId));
    expect(runs.slice(2).map(({ taskStartedAtMs }) => taskStartedAtMs)).toEqual(Array(3).fill(moment.getTime()));
  });
});

describe('requests', () => {
  const types = Array.from({ length: 60 }, (_, i) => `type '${i}' of many`);
  const part = tenMinutes(...types);

  test('are a few for many task types, whose names may hold apostrophes', async () => {
    const visibility = agents.visibility();
    const exporter = watching(agents, OverdueWatch, part, visibility);
    await exporter.poll(types);
    expect(visibility.requests).toEqual(['count overdue', 'count overdue', 'count overdue']);

    const [first, , , fourth] = types;
    if (first === undefined || fourth === undefined) throw new Error('no types');
    const starts = [first, fourth].map((AgentTaskType) =>
      agents.start(
        { AgentTaskType, AgentTaskStartedAt: new Date(Date.now() - 60 * MINUTE) },
        { workflowType: 'named' },
      ),
    );
    await Promise.all(starts);
    await agents.seen(2, `WorkflowType = 'named'`);
    visibility.requests.length = 0;
    await exporter.poll(types);
    expect(visibility.requests).toEqual(['count overdue', 'list overdue', 'count overdue', 'count overdue']);
    const values = Object.values(await exporter.values(OVERDUE));
    expect(values).toHaveLength(60);
    expect(values.filter((value) => value === 1)).toHaveLength(2);
  });

  test('are none for task types of which no agent runs, but what is expected is still shown', async () => {
    const visibility = agents.visibility();
    const exporter = watching(agents, OverdueWatch, tenMinutes('idle'), visibility);
    await exporter.poll(['idle'], { running: new Map() });
    expect(visibility.requests).toEqual([]);
    expect(await exporter.values(OVERDUE)).toEqual({ [label('idle')]: 0 });
    expect(await exporter.values(EXPECTED)).toEqual({ [`${label('idle')},source="configured"`]: 600 });
  });

  test('that fail leave the values of the last poll', async () => {
    await startAged('kept', 60);
    const real = agents.visibility();
    let isDown = false;
    const visibility: Visibility = {
      ...real,
      count: (query, condition) =>
        isDown ? Promise.reject(new Error('Temporal is down')) : real.count(query, condition),
    };
    const exporter = watching(agents, OverdueWatch, tenMinutes('kept'), visibility);
    await exporter.poll(['kept']);
    const before = await exporter.values(OLDEST);
    isDown = true;
    await expect(exporter.poll(['kept'])).rejects.toThrow('Temporal is down');
    expect(await exporter.values(OVERDUE)).toEqual({ [label('kept')]: 1 });
    expect(await exporter.values(OLDEST)).toEqual(before);
  });
});

test('task types of running agents are found however many runs one type has, up to a maximum', async () => {
  const own = await AgentNamespace.create(inject('temporalAddress'), 'exporter-running-types');
  onTestFinished(() => own.close());
  await Promise.all(['b', 'a', 'c'].map((AgentTaskType) => own.start({ AgentTaskType })));
  await own.seen(3, "ExecutionStatus = 'Running'");
  // They are the newest, so that a List shows them before the others.
  await Promise.all(Array.from({ length: 250 }, () => own.start({ AgentTaskType: 'many' })));
  await own.seen(253, "ExecutionStatus = 'Running'");
  const visibility = own.visibility();
  expect(await runningTaskTypes(visibility, 4)).toEqual({
    names: ['a', 'b', 'c', 'many'],
    more: false,
    unaskable: false,
  });
  expect(visibility.requests).toHaveLength(2);
  expect(await runningTaskTypes(visibility, 2)).toMatchObject({ names: { length: 2 }, more: true });
});
