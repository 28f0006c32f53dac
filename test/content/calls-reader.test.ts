import fs from 'node:fs';
import path from 'node:path';
import { type IndexedCall, LocalDirectoryStore, readCalls, readRun } from 'temporal-agent-observability/content';
import { expect, test } from 'vitest';
import { acquireRecorder } from '#lib/content/acquire-recorder';
import { DirectorySweep } from '#lib/content/directory-sweep';
import { StoreDrain } from '#lib/content/drain';
import { journalFileName, newSegmentId, spoolFileName } from '#lib/content/journal-files';
import { callsPrefix } from '#lib/content/keys';
import { buildRecord } from '#lib/content/record';
import { countingSinks, filesBelow, type ObservationFields, observation, temporaryDirectory } from './support';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const namespace = 'Tenant-A';

let attempts = 0;

/** A model call of its own, whatever else it is. */
const call = ({ correlation, ...more }: ObservationFields = {}) =>
  observation({ correlation: { namespace, attempt: ++attempts, ...correlation }, ...more });

const idsOf = (calls: readonly IndexedCall[]) => calls.map(({ activityId }) => activityId);

async function stored(store: LocalDirectoryStore, endedAtMs: number, activityId: string): Promise<void> {
  const ended: IndexedCall = {
    version: 1,
    endedAtMs,
    durationMs: 5,
    outcome: 'ok',
    taskType: 'research',
    workflowType: 'researchAgent',
    workflowId: 'w',
    runId: 'r',
    activityId,
    attempt: 1,
  };
  const line = `${JSON.stringify(ended)}\n`;
  await store.put(`${callsPrefix(namespace, endedAtMs)}${newSegmentId(endedAtMs)}.jsonl`, Buffer.from(line));
}

test('model calls are found by time, before they are stored as after, and what chooses them is known', async () => {
  const directory = temporaryDirectory();
  const store = new LocalDirectoryStore({ directory });
  const recorder = acquireRecorder({ directory, flushIntervalMs: HOUR_MS }, countingSinks());
  const answered = {
    provider: 'openai',
    shape: 'openai.chat',
    operation: 'chat',
    model: 'gpt-5.1-2025-11-13',
  } as const;
  await recorder.record(
    call({
      correlation: { activityId: 'answered' },
      requestModel: 'gpt-5.1',
      call: { ...answered, usage: { inputTokens: 12, outputTokens: 3 }, toolCalls: [], refusal: false, turns: 1 },
      costUsd: 0.25,
    }),
  );
  await recorder.record(
    call({
      correlation: { activityId: 'limited', attempt: 7 },
      startedAtMs: Date.now() - 2000,
      durationMs: 1500,
      outcome: 'error',
      requestModel: 'claude-sonnet-4-5',
      requestProvider: 'anthropic',
      errorInfo: { type: 'rate_limited', retryable: true },
      error: new Error('slow down'),
    }),
  );
  await recorder.record(call({ correlation: { activityId: 'tool' }, kind: 'tool', tool: 'search' }));
  await recorder.record(call({ correlation: { activityId: 'elsewhere', namespace: 'tenant-a' } }));

  const check = async () => {
    const { calls, ...rest } = await readCalls(store, { namespace });
    expect(rest).toEqual({ unreadable: 0, truncated: false });
    expect(idsOf(calls)).toEqual(['answered', 'limited']);
    expect(calls).toMatchObject([
      {
        outcome: 'ok',
        provider: 'openai',
        model: 'gpt-5.1-2025-11-13',
        requestModel: 'gpt-5.1',
        inputTokens: 12,
        outputTokens: 3,
        costUsd: 0.25,
        taskType: 'research',
        workflowType: 'researchAgent',
        workflowId: 'research-1',
      },
      {
        outcome: 'error',
        errorType: 'rate_limited',
        provider: 'anthropic',
        requestModel: 'claude-sonnet-4-5',
        durationMs: 1500,
        attempt: 7,
      },
    ]);
    expect(calls[1]).not.toHaveProperty('model');
    const { calls: limited } = await readCalls(store, { namespace, matches: ({ outcome }) => outcome === 'error' });
    expect(idsOf(limited)).toEqual(['limited']);
  };
  expect(filesBelow(path.join(directory, 'calls'))).toEqual([]);
  await check();
  await recorder.release(10_000);
  await check();
  // One list for a journal and hour, not one for a call.
  const lists = filesBelow(path.join(directory, 'calls')).map((file) => path.relative(directory, file));
  expect(lists.length).toBeLessThanOrEqual(3);
  for (const list of lists) {
    expect(list).toMatch(/^calls\/(Tenant-A~\w+|tenant-a)\/\d{4}-\d\d-\d\d\/\d\d\/[0-9a-z]+-[0-9a-f]+\.jsonl$/);
  }
});

test('the record of a call that failed names the model that was asked for, and its provider', async () => {
  const directory = temporaryDirectory();
  const recorder = acquireRecorder({ directory }, countingSinks());
  const failed = {
    outcome: 'error',
    error: new Error('no'),
    requestModel: 'gpt-5.1',
    requestProvider: 'openai',
  } as const;
  await recorder.record(call({ ...failed }));
  await recorder.record(
    call({ ...failed, errorInfo: { type: 'server_error', retryable: true, provider: 'azure.ai.openai' } }),
  );
  await recorder.release(10_000);
  const { records } = await readRun(new LocalDirectoryStore({ directory }), namespace, 'research-1');
  expect(records).toMatchObject([
    { requestModel: 'gpt-5.1', provider: 'openai' },
    { requestModel: 'gpt-5.1', provider: 'azure.ai.openai' },
  ]);
});

test('lists the latest first, over the hour and midnight, between two times', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  const midnight = Date.UTC(2026, 4, 2);
  for (const [id, at] of Object.entries({ a: -2 * HOUR_MS, b: -1, c: 0, d: HOUR_MS, e: HOUR_MS + 1 })) {
    await stored(store, midnight + at, id);
  }
  const ids = async (sinceMs: number, untilMs: number) =>
    idsOf((await readCalls(store, { namespace, sinceMs, untilMs })).calls);
  expect(await ids(midnight - DAY_MS, midnight + DAY_MS)).toEqual(['e', 'd', 'c', 'b', 'a']);
  expect(await ids(midnight - 1, midnight + HOUR_MS)).toEqual(['c', 'b']);
  expect(await ids(midnight, midnight + 1)).toEqual(['c']);
  expect(await ids(midnight - 3 * HOUR_MS, midnight - HOUR_MS)).toEqual(['a']);
});

test('says what it cannot read', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  await stored(store, Date.now(), 'readable');
  const [file = ''] = filesBelow(path.join(store.directory, 'calls'));
  fs.appendFileSync(file, '{"version":1,"ended\n{"version":2}\nnull\n');
  const { calls, unreadable, truncated } = await readCalls(store, { namespace });
  expect([idsOf(calls), unreadable, truncated]).toEqual([['readable'], 3, false]);
});

test('a store that fails half way through a journal has all of its calls in the end, each once', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  const id = newSegmentId();
  const [journalFile, spoolFile] = [journalFileName({ id, owner: 'nobody' }), spoolFileName(id)].map((name) =>
    path.join(store.directory, name),
  ) as [string, string];
  const refs = { input: { missing: 'off' }, output: { missing: 'off' } } as const;
  const ids = Array.from({ length: 20 }, (_, i) => `activity-${i}`);
  const lines = ids.map((activityId) => buildRecord(call({ correlation: { activityId } }), refs, {}, undefined));
  store.prepare();
  fs.writeFileSync(journalFile, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

  let failing = /activity-12|\.jsonl$/;
  const drain = new StoreDrain({
    uriOf: (key) => store.uriOf(key),
    put: async (key, bytes) => {
      if (failing.test(key)) throw new Error('the store is away');
      await store.put(key, bytes);
    },
    get: (key) => store.get(key),
    has: (key) => store.has(key),
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
  });
  const flush = (flushedLines: number) =>
    drain.flush({ journalFile, spoolFile, isIncomplete: false, lateRefs: new Map(), flushedLines, flushedContents: 0 });
  const found = async () => idsOf((await readCalls(store, { namespace })).calls).sort();

  const first = await flush(0);
  expect([first.flushedLines, String(first.error)]).toEqual([8, 'Error: the store is away']);
  failing = /\.jsonl$/;
  const second = await flush(first.flushedLines);
  expect([second.flushedLines, String(second.error)]).toEqual([20, 'Error: the store is away']);
  expect(await found()).toEqual([]);
  failing = /^nothing$/;
  const third = await flush(second.flushedLines);
  expect([third.flushedLines, third.error]).toEqual([20, undefined]);
  expect(await found()).toEqual(ids.toSorted());
  await flush(0);
  expect(await found()).toEqual(ids.toSorted());
});

test('lists of calls age with the directory, and go after content and before records when it is full', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  await stored(store, Date.now(), 'old');
  const [old = ''] = filesBelow(path.join(store.directory, 'calls'));
  fs.utimesSync(old, (Date.now() - 8 * DAY_MS) / 1000, (Date.now() - 8 * DAY_MS) / 1000);
  await stored(store, Date.now(), 'new');
  await store.put('content/a/b', Buffer.alloc(10_000));
  await store.put('records/a/b.json', Buffer.alloc(1000));
  const sizes = () =>
    ['content', 'calls', 'records'].map((part) => filesBelow(path.join(store.directory, part)).length);
  const sweep = (maxBytes: number) => new DirectorySweep(store.directory, { maxBytes, retentionMs: 7 * DAY_MS }).run();
  await sweep(5000);
  expect(sizes()).toEqual([0, 1, 1]);
  expect(idsOf((await readCalls(store, { namespace })).calls)).toEqual(['new']);
  await sweep(1150);
  expect(sizes()).toEqual([0, 0, 1]);
});
