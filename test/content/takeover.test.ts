import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { LocalDirectoryStore, readContent, readRun } from 'temporal-agent-observability/content';
import { afterEach, describe, expect, it } from 'vitest';
import { acquireRecorder } from '#lib/content/acquire-recorder';
import { isOwnerAlive, THIS_OWNER } from '#lib/content/journal-owner';
import { takeOverJournals } from '#lib/content/takeover';
import { countingSinks, filesBelow, observation, temporaryDirectory, until } from './support';

const FIXTURE = path.join(import.meta.dirname, 'fixtures', 'record-until-killed.cjs');
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Runs the fixture until it has recorded this many attempts, and kills it; returns how many it had recorded. */
async function recordAndKill(directory: string, atLeast: number, flushIntervalMs: number): Promise<number> {
  const child = spawn(process.execPath, [FIXTURE, directory, String(flushIntervalMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let recorded = 0;
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) recorded = Number(line);
    if (recorded >= atLeast) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return recorded;
}

async function takeOver(directory: string) {
  const sinks = countingSinks();
  const recorder = acquireRecorder({ directory, flushIntervalMs: 50 }, sinks);
  await until(() => filesBelow(path.join(directory, 'journal')).length === 0, 'the journals are stored');
  await recorder.release(10_000);
  return sinks;
}

describe('a worker that is killed', () => {
  it.each([
    ['before anything was stored', 60_000],
    ['while it stores', 20],
  ])('%s: each attempt that it journaled has exactly one record', async (_, flushIntervalMs) => {
    const directory = temporaryDirectory();
    const recorded = await recordAndKill(directory, 400, flushIntervalMs);
    const sinks = await takeOver(directory);
    const store = new LocalDirectoryStore({ directory });
    const { records, unreadable } = await readRun(store, 'default', 'killed');
    const ids = records.map(({ activityId }) => Number(activityId)).sort((a, b) => a - b);
    // The last may have been journaled without being said.
    expect(ids.length - recorded).toBeGreaterThanOrEqual(0);
    expect(ids.length - recorded).toBeLessThanOrEqual(1);
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => i + 1));
    expect(unreadable).toBe(0);
    expect(sinks.errors).toEqual([]);
    for (const record of records) {
      for (const ref of [record.input, record.output]) {
        const content = await readContent(store, ref);
        // A content of the last moment is lost, and its record says so.
        if ('missing' in content) expect(ref.missing).toBe('dropped');
        else expect(content.text.length).toBe(ref.bytes);
      }
    }
    expect(await readContent(store, records.find(({ activityId }) => activityId === '1')?.input ?? {})).toEqual({
      text: '[{"prompt":"prompt 1"}]',
    });
  });

  it('is taken over once by two that come at the same time', async () => {
    const directory = temporaryDirectory();
    const recorded = await recordAndKill(directory, 300, 60_000);
    const journal = path.join(directory, 'journal');
    const before = filesBelow(journal).filter((file) => file.endsWith('.journal')).length;
    const taken = await Promise.all([takeOverJournals(journal), takeOverJournals(journal), takeOverJournals(journal)]);
    expect(taken.flat()).toHaveLength(before);
    expect(taken.flat().reduce((sum, segment) => sum + segment.lines, 0)).toBeGreaterThanOrEqual(recorded);
  });

  it('loses at most the line that it was writing', async () => {
    const directory = temporaryDirectory();
    await recordAndKill(directory, 20, 60_000);
    const journal = filesBelow(path.join(directory, 'journal')).find((file) => file.endsWith('.journal')) ?? '';
    fs.appendFileSync(journal, '{"version":1,"kind":"llm","namespace":"default","workfl');
    const sinks = await takeOver(directory);
    const { records } = await readRun(new LocalDirectoryStore({ directory }), 'default', 'killed');
    expect(records.length).toBeGreaterThanOrEqual(20);
    expect(sinks.errors).toHaveLength(1);
  });

  it('whose spool is gone leaves records that say so', async () => {
    const directory = temporaryDirectory();
    await recordAndKill(directory, 20, 60_000);
    for (const file of filesBelow(directory)) if (file.endsWith('.spool')) fs.rmSync(file);
    await takeOver(directory);
    const store = new LocalDirectoryStore({ directory });
    const { records } = await readRun(store, 'default', 'killed');
    expect(records.length).toBeGreaterThanOrEqual(20);
    for (const { input } of records) {
      expect(input.missing).toBe('dropped');
      expect(await readContent(store, input)).toMatchObject({ missing: 'dropped' });
    }
  });
});

describe('a worker that lives', () => {
  it('keeps its journal when another starts', async () => {
    const directory = temporaryDirectory();
    const child = spawn(process.execPath, [FIXTURE, directory, '60000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    expect(await takeOverJournals(path.join(directory, 'journal'))).toEqual([]);
  });

  it('hands over at its end what it could not store', async () => {
    for (let i = 0; i < 20; i++) {
      const directory = temporaryDirectory();
      const sinks = countingSinks();
      const first = acquireRecorder({ directory, flushIntervalMs: 60_000 }, sinks);
      void first.record(observation());
      await first.release(0);
      // Too late: nobody would store it.
      void first.record(observation({ correlation: { activityId: '2' } }));
      expect(sinks.counts.dropped).toBe(1);
      await takeOver(directory);
      expect((await readRun(new LocalDirectoryStore({ directory }), 'default', 'research-1')).records).toHaveLength(1);
    }
  });
});

describe('the owner of a journal', () => {
  const [host, , start] = THIS_OWNER.split('-');
  const now = Date.now();

  it('is alive while its process is', () => {
    expect(isOwnerAlive(THIS_OWNER, 0, now)).toBe(true);
    expect(isOwnerAlive('free', now, now)).toBe(false);
    expect(isOwnerAlive(`${host}-4194303999-1`, now, now)).toBe(false);
  });

  it.runIf(process.platform === 'linux')('is dead when its pid belongs to another process now', () => {
    expect(isOwnerAlive(`${host}-${process.pid}-${Number(start) - 1}`, now, now)).toBe(false);
  });

  it('on another host is dead when it is silent for long', () => {
    expect(isOwnerAlive('0123456789ab-1-1', now - 1000, now)).toBe(true);
    expect(isOwnerAlive('0123456789ab-1-1', now - 60 * 60_000, now)).toBe(false);
  });
});
