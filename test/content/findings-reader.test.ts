import fs from 'node:fs';
import path from 'node:path';
import { type FindingRecord, LocalDirectoryStore, readFindings, readRun } from 'temporal-agent-observability/content';
import { expect, test } from 'vitest';
import { acquireRecorder } from '#lib/content/acquire-recorder';
import { DirectorySweep } from '#lib/content/directory-sweep';
import { findingIndexKey } from '#lib/content/keys';
import type { Finding } from '#lib/definitions/finding';
import { countingSinks, filesBelow, temporaryDirectory } from './support';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const namespace = 'Tenant-A';

const finding = (more: Partial<Finding> = {}): Finding => ({
  id: 'usage-missing',
  severity: 'warning',
  message: 'activity callModel returned a response without usage',
  cause: 'callModel',
  advice: 'Report usage.',
  workflowType: 'agent',
  workflowId: 'w',
  runId: 'r',
  ...more,
});

async function stored(store: LocalDirectoryStore, foundAtMs: number, more: Partial<Finding> = {}): Promise<void> {
  const record: FindingRecord = { version: 1, kind: 'finding', namespace, foundAtMs, ...finding(more) };
  await store.put(findingIndexKey(record), Buffer.from(JSON.stringify(record)));
}

test('what a worker reports is found by time and id, before it is stored as after', async () => {
  const directory = temporaryDirectory();
  const store = new LocalDirectoryStore({ directory });
  const recorder = acquireRecorder({ directory, flushIntervalMs: 3_600_000 }, countingSinks());
  recorder.recordFinding(namespace, finding());
  recorder.recordFinding(namespace, finding());
  recorder.recordFinding(namespace, finding({ cause: 'otherModel' }));
  recorder.recordFinding(namespace, finding({ id: 'model-unknown', runId: 'r2' }));
  recorder.recordFinding('tenant-a', finding());
  const { workflowId: _w, runId: _r, workflowType: _t, ...ofWorker } = finding({ id: 'workflow-module-missing' });
  recorder.recordFinding(namespace, ofWorker);

  const idsOf = async (id?: FindingRecord['id']) =>
    (await readFindings(store, { namespace, ...(id !== undefined && { id }) })).findings.map((each) => each.id).sort();
  const all = ['model-unknown', 'usage-missing', 'usage-missing', 'workflow-module-missing'];
  expect(filesBelow(path.join(directory, 'findings'))).toEqual([]);
  const waiting = await idsOf();
  // One for each report: only what is stored is one for each cause.
  expect(new Set(waiting)).toEqual(new Set(all));
  await recorder.release(10_000);
  expect(await idsOf()).toEqual(all);
  expect(await idsOf('usage-missing')).toEqual(['usage-missing', 'usage-missing']);
  expect(await idsOf('child-abandoned')).toEqual([]);
  expect((await readRun(store, namespace, 'w')).findings).toHaveLength(3);

  const today = new Date().toISOString().slice(0, 7);
  for (const file of filesBelow(path.join(directory, 'findings'))) {
    expect(path.relative(directory, file)).toMatch(
      new RegExp(`^findings/(Tenant-A~\\w+|tenant-a)/${today}-\\d\\d/[a-z-]+/[0-9a-f]{20}\\.json$`),
    );
  }
});

test('lists the newest first, over midnight, between two times', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  const midnight = Date.UTC(2026, 4, 2);
  for (const [runId, at] of Object.entries({ a: -2 * HOUR_MS, b: -1, c: 0, d: HOUR_MS })) {
    await stored(store, midnight + at, { runId });
  }
  const runs = async (sinceMs: number, untilMs: number) =>
    (await readFindings(store, { namespace, sinceMs, untilMs })).findings.map(({ runId }) => runId);
  expect(await runs(midnight - DAY_MS, midnight + DAY_MS)).toEqual(['d', 'c', 'b', 'a']);
  expect(await runs(midnight - 1, midnight + HOUR_MS)).toEqual(['c', 'b']);
  expect(await runs(midnight, midnight + 1)).toEqual(['c']);
  expect(await runs(0, midnight - HOUR_MS)).toEqual(['a']);
});

test('says what it cannot read', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  await stored(store, Date.now());
  const [file = ''] = filesBelow(path.join(store.directory, 'findings'));
  fs.writeFileSync(path.join(path.dirname(file), 'damaged.json'), '{"version":1,');
  const list = await readFindings(store, { namespace });
  expect([list.findings.length, list.unreadable, list.truncated]).toEqual([1, 1, false]);
});

test('findings age with the directory, and go after all else when it is full', async () => {
  const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
  await stored(store, Date.now(), { runId: 'old' });
  const [old = ''] = filesBelow(path.join(store.directory, 'findings'));
  fs.utimesSync(old, (Date.now() - 8 * DAY_MS) / 1000, (Date.now() - 8 * DAY_MS) / 1000);
  await stored(store, Date.now(), { runId: 'new' });
  await store.put('records/a/b.json', Buffer.alloc(10_000));
  const limits = { maxBytes: 2000, retentionMs: 7 * DAY_MS };
  await new DirectorySweep(store.directory, limits).run();
  const { findings } = await readFindings(store, { namespace });
  expect(findings.map(({ runId }) => runId)).toEqual(['new']);
  expect(filesBelow(path.join(store.directory, 'records'))).toEqual([]);
});
