import fs from 'node:fs';
import path from 'node:path';
import { type ContentStore, LocalDirectoryStore, readContent, readRun } from 'temporal-agent-observability/content';
import { describe, expect, it } from 'vitest';
import type { ContentRef, ContentRefs } from '#lib/activity/observation';
import { acquireRecorder, type RecorderOptions } from '#lib/content/acquire-recorder';
import type { RedactOption } from '#lib/content/redaction';
import {
  countingSinks,
  everythingBelow,
  filesBelow,
  type ObservationFields,
  observation,
  temporaryDirectory,
  until,
} from './support';

const SECRET = `sk-ant-${'api03'}-abcDEF123456abcDEF123456`;

function open(options: Partial<RecorderOptions> = {}) {
  const directory = options.directory ?? temporaryDirectory();
  const sinks = countingSinks();
  const recorder = acquireRecorder({ directory, flushIntervalMs: 30, ...options }, sinks);
  return { directory, sinks, recorder, store: new LocalDirectoryStore({ directory }) };
}

function keyOf({ uri = '' }: ContentRef): string {
  return uri.slice(uri.indexOf('content/default'));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** A store of bytes in memory, with the failures that a test wants. */
class FailingStore implements ContentStore {
  readonly entries = new Map<string, Uint8Array>();
  failure: Error | undefined;
  /** Nothing is stored before this settles. */
  gate: Promise<void> | undefined;
  waiting = 0;
  constructor(readonly journalDirectory: string) {}
  uriOf(key: string): string {
    return `test://store/${key}`;
  }
  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.waiting++;
    await this.gate;
    this.waiting--;
    this.entries.set(key, bytes);
  }
  async get(key: string): Promise<Uint8Array | undefined> {
    return this.entries.get(key);
  }
  async has(key: string): Promise<boolean> {
    return this.entries.has(key);
  }
  async *list(prefix: string): AsyncIterable<string> {
    for (const key of this.entries.keys()) if (key.startsWith(prefix)) yield key;
  }
  async delete(key: string): Promise<void> {
    this.entries.delete(key);
  }
}

describe('recording', () => {
  it('stores one record per attempt, and its contents, to be found by workflow id', async () => {
    const { recorder, store, sinks } = open();
    const call = {
      provider: 'openai',
      shape: 'openai.chat',
      operation: 'chat',
      model: 'gpt-5.1',
      usage: { inputTokens: 12, outputTokens: 3 },
      finish: 'tool_call',
      finishRaw: 'tool_calls',
      refusal: false,
      toolCalls: [{ name: 'search', id: 'call_1' }],
      turns: 1,
    } as const;
    const error = Object.assign(new Error('429 too many'), { name: 'RateLimitError' });
    void recorder.record(observation({ call, costUsd: 0.01, inputBytes: 70 }), { traceId: 't', spanId: 's' });
    void recorder.record(
      observation({
        correlation: { attempt: 2 },
        outcome: 'error',
        error,
        errorInfo: { type: 'rate_limited', retryable: true, retryAfterMs: 2000, status: 429 },
        output: undefined,
      }),
    );
    void recorder.record(observation({ correlation: { runId: 'other' }, kind: 'tool', tool: 'search', input: [] }));
    expect(await recorder.flush(10_000)).toBe(true);

    const all = await readRun(store, 'default', 'research-1');
    expect(all.records).toHaveLength(3);
    const { records } = await readRun(store, 'default', 'research-1', observation().correlation.runId);
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({
      version: 1,
      kind: 'llm',
      attempt: 1,
      taskType: 'research',
      provider: 'openai',
      model: 'gpt-5.1',
      usage: { inputTokens: 12, outputTokens: 3 },
      usageSource: 'provider',
      finish: 'tool_call',
      finishRaw: 'tool_calls',
      refusal: false,
      toolCalls: [{ name: 'search', id: 'call_1' }],
      costUsd: 0.01,
      inputBytes: 70,
      traceId: 't',
      spanId: 's',
    });
    expect(records[1]).toMatchObject({
      attempt: 2,
      outcome: 'error',
      output: { missing: 'none' },
      error: {
        type: 'rate_limited',
        name: 'RateLimitError',
        message: '429 too many',
        retryable: true,
        retryAfterMs: 2000,
        status: 429,
      },
    });
    expect(await readContent(store, records[0]?.input ?? {})).toEqual({ text: JSON.stringify(observation().input) });
    expect(await readContent(store, records[0]?.output ?? {})).toEqual({ text: '{"answer":"Paris"}' });
    expect(records[0]).not.toHaveProperty('tool');
    expect(sinks.errors).toEqual([]);
    expect(sinks.counts).toEqual({ written: 4, failed: 0, dropped: 0 });
    expect(sinks.spool.get('default')).toBe(0);
    await recorder.release(1000);
  });

  it('says at once where a content will be, and lets a reader have it before it is stored', async () => {
    const { recorder, store } = open({ flushIntervalMs: 60_000 });
    const refs = recorder.record(observation()) as ContentRefs;
    expect(refs.output.uri).toMatch(/^file:\/\/.*\/content\/default\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records.map(({ output }) => output)).toEqual([refs.output]);
    expect(await store.has(keyOf(refs.output))).toBe(false);
    await until(async () => 'text' in (await readContent(store, refs.output)), 'the content is in the spool');
    expect(await readContent(store, refs.output)).toEqual({ text: '{"answer":"Paris"}' });
    await recorder.release(1000);
  });

  it('stores a large content behind the scenes, redacted', async () => {
    const { recorder, store, sinks, directory } = open();
    const output = { text: 'a long answer. '.repeat(200_000), key: SECRET };
    const refs = await recorder.record(observation({ output }));
    expect(refs.output.bytes).toBeGreaterThan(3_000_000);
    await recorder.flush(20_000);
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records[0]?.output).toEqual(refs.output);
    const content = (await readContent(store, refs.output)) as { text: string };
    expect(JSON.parse(content.text)).toEqual({ ...output, key: '[REDACTED]' });
    expect(everythingBelow(directory)).not.toContain(SECRET);
    expect(sinks.counts).toEqual({ written: 2, failed: 0, dropped: 0 });
    await recorder.release(1000);
  });

  it('keeps secrets off the disk, in errors, journal and spool too', async () => {
    const { recorder, directory } = open({ flushIntervalMs: 60_000 });
    const error = new Error(`401 Incorrect API key provided: ${SECRET}`);
    await recorder.record(
      observation({
        input: [{ headers: { authorization: SECRET } }],
        output: `key: ${SECRET}`,
        error,
        outcome: 'error',
      }),
    );
    await until(
      () => everythingBelow(directory).includes('"namespace":"default","sha256"'),
      'the content is in the spool',
    );
    const before = everythingBelow(directory);
    expect(before).toContain('Incorrect API key');
    expect(before).not.toContain(SECRET.slice(7));
    await recorder.release(10_000);
    expect(everythingBelow(directory)).not.toContain(SECRET.slice(7));
  });

  it('closes what it writes to other users', async () => {
    const { recorder, directory } = open({ flushIntervalMs: 60_000 });
    void recorder.record(observation());
    for (const file of filesBelow(path.join(directory, 'journal'))) expect(fs.statSync(file).mode & 0o077).toBe(0);
    expect(fs.statSync(path.join(directory, 'journal')).mode & 0o077).toBe(0);
    await recorder.release(1000);
  });

  it('keeps equal contents of two namespaces apart', async () => {
    const { recorder, store } = open();
    const a = (await recorder.record(observation({ correlation: { namespace: 'a' } }))) as ContentRefs;
    const b = (await recorder.record(observation({ correlation: { namespace: 'b' } }))) as ContentRefs;
    expect(a.input.sha256).toBe(b.input.sha256);
    expect(a.input.uri).not.toBe(b.input.uri);
    await recorder.flush(5000);
    expect((await readRun(store, 'a', 'research-1')).records).toHaveLength(1);
    await recorder.release(1000);
  });

  it('records metadata alone when asked', async () => {
    const { recorder, store, directory } = open({ capture: 'metadata' });
    expect(recorder.record(observation())).toEqual({ input: { missing: 'off' }, output: { missing: 'off' } });
    await recorder.flush(5000);
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records[0]?.output).toEqual({ missing: 'off' });
    expect(everythingBelow(directory)).not.toContain('Paris');
    expect(await readContent(store, { missing: 'off' })).toMatchObject({ missing: 'off', reason: expect.any(String) });
    await recorder.release(1000);
  });

  it('stores a finding once per cause under its run', async () => {
    const { recorder, store } = open();
    const finding = {
      id: 'payload-near-limit',
      severity: 'warning',
      message: 'big',
      advice: 'less',
      cause: 'callModel:result',
      workflowId: 'research-1',
      runId: 'r',
    } as const;
    recorder.recordFinding('default', finding);
    recorder.recordFinding('default', finding);
    recorder.recordFinding('default', { ...finding, cause: 'other' });
    await recorder.flush(5000);
    const { findings } = await readRun(store, 'default', 'research-1', 'r');
    expect(findings.map(({ cause }) => cause).sort()).toEqual(['callModel:result', 'other']);
    await recorder.release(1000);
  });
});

describe('values and redactors that misbehave', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  it.each<[string, unknown, string]>([
    ['cyclic', cyclic, 'unserialisable'],
    ['a BigInt', { n: 1n }, 'unserialisable'],
    ['50 MB', 'x'.repeat(50 * 1024 * 1024), 'too-large'],
    [
      'a getter that throws',
      {
        get a(): never {
          throw new Error('no');
        },
      },
      'unserialisable',
    ],
  ])('a result that is %s: the record says so, with one error', async (_, output, missing) => {
    const { recorder, store, sinks } = open();
    const refs = await recorder.record(observation({ output }));
    expect(refs.output).toEqual({ missing });
    await recorder.flush(5000);
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records[0]?.output).toEqual({ missing });
    expect(records[0]?.input.sha256).toBeDefined();
    expect(sinks.errors.map(({ part }) => part)).toEqual(['content']);
    expect(sinks.counts.dropped).toBe(1);
    await recorder.release(1000);
  });

  it('an error whose getters throw is recorded without a message', async () => {
    const { recorder, store } = open();
    const error = Object.defineProperties(
      {},
      {
        message: {
          get() {
            throw new Error('no');
          },
        },
        name: {
          get() {
            throw new Error('no');
          },
        },
      },
    );
    void recorder.record(observation({ error, outcome: 'error' }));
    await recorder.flush(5000);
    expect((await readRun(store, 'default', 'research-1')).records[0]?.error).toEqual({ name: 'Error' });
    await recorder.release(1000);
  });

  it.each<[string, RedactOption]>([
    [
      'throws',
      () => {
        throw new Error('redactor broke');
      },
    ],
    ['returns no string', (() => undefined) as unknown as () => string],
    ['returns a promise', (async (text: string) => text) as unknown as () => string],
  ])('a redactor that %s: nothing is stored, and one error says so', async (_, redact) => {
    const { recorder, store, sinks, directory } = open({ redact });
    const large = 'Paris '.repeat(50_000);
    const refs = await recorder.record(
      observation({ output: large, error: new Error('Paris failed'), outcome: 'error' }),
    );
    expect(refs).toEqual({ input: { missing: 'redactor-failed' }, output: { missing: 'redactor-failed' } });
    await recorder.flush(5000);
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records[0]?.input).toEqual({ missing: 'redactor-failed' });
    expect(records[0]?.error).toEqual({ name: 'Error' });
    expect(everythingBelow(directory)).not.toContain('Paris');
    expect(sinks.errors.map(({ part }) => part)).toEqual(['redact']);
    await recorder.release(1000);
  });

  it('a redactor of the user runs after the default, on small and large texts and errors', async () => {
    const seen: string[] = [];
    const redact: RecorderOptions['redact'] = (text, { kind, workflowType, activityType }) => {
      seen.push(`${kind} ${workflowType} ${activityType}`);
      expect(text).not.toContain(SECRET);
      return text.replaceAll('Paris', '<city>');
    };
    const { recorder, store } = open({ redact });
    const output = `${SECRET} Paris `.repeat(10_000);
    const refs = await recorder.record(
      observation({ input: ['Paris', SECRET], output, error: new Error('Paris'), outcome: 'error' }),
    );
    await recorder.flush(10_000);
    expect(await readContent(store, refs.input)).toEqual({ text: '["<city>","[REDACTED]"]' });
    expect(await readContent(store, refs.output)).toEqual({
      text: JSON.stringify('[REDACTED] <city> '.repeat(10_000)),
    });
    expect((await readRun(store, 'default', 'research-1')).records[0]?.error?.message).toBe('<city>');
    expect(seen.sort()).toEqual(['error', 'input', 'output'].map((kind) => `${kind} researchAgent callModel`));
    await recorder.release(1000);
  });

  it('redaction can be switched off', async () => {
    const { recorder, store } = open({ redact: 'off' });
    const refs = await recorder.record(observation({ output: SECRET }));
    await recorder.flush(5000);
    expect(await readContent(store, refs.output)).toEqual({ text: JSON.stringify(SECRET) });
    await recorder.release(1000);
  });

  it.each([
    [{ capture: 'some' }, "capture: expected one of 'full', 'metadata', got \"some\""],
    [{ redact: true }, 'redact: expected a function'],
    [{ maxContentBytes: 0 }, 'maxContentBytes: expected a whole number of at least 1, got 0'],
  ])('wrong options %j throw at once', (options, message) => {
    expect(() =>
      acquireRecorder({ directory: temporaryDirectory(), ...options } as RecorderOptions, countingSinks()),
    ).toThrow(message);
  });
});

describe('a store that fails', () => {
  async function withFailingStore(options: Partial<RecorderOptions> = {}) {
    const store = new FailingStore(path.join(temporaryDirectory(), 'journal'));
    const sinks = countingSinks();
    const recorder = acquireRecorder({ store, flushIntervalMs: 20, ...options }, sinks);
    return { store, sinks, recorder };
  }

  it('is told once, tried again, and gets everything in the end', async () => {
    const { store, sinks, recorder } = await withFailingStore();
    store.failure = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const large = recorder.record(observation({ correlation: { activityId: '2' }, output: 'x'.repeat(100_000) }));
    void recorder.record(observation());
    await until(() => sinks.counts.failed >= 2, 'the store was tried');
    expect(store.entries.size).toBe(0);
    // The reference of a large content is known although nothing is stored.
    expect((await large).output.sha256).toBeDefined();
    store.failure = undefined;
    await until(() => recorder.flush(100), 'everything is stored');
    expect(sinks.errors).toEqual([{ part: 'content', message: 'Error: ENOSPC: no space left on device' }]);
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records).toHaveLength(2);
    for (const record of records) expect(await readContent(store, record.output)).toHaveProperty('text');
    expect(sinks.counts.dropped).toBe(0);
    await recorder.release(1000);
  });

  it('makes the oldest contents go, not the records', async () => {
    const { store, sinks, recorder } = await withFailingStore({ maxSpoolBytes: 200_000 });
    store.failure = new Error('down');
    for (let i = 0; i < 20; i++) {
      void recorder.record(
        observation({ correlation: { activityId: String(i) }, input: [], output: `${i} `.repeat(10_000) }),
      );
      await until(() => recorder.flush(1).then(() => true), 'a pass');
    }
    store.failure = undefined;
    await until(() => recorder.flush(100), 'everything is stored');
    const { records } = await readRun(store, 'default', 'research-1');
    expect(records).toHaveLength(20);
    const ids = (missing: boolean): number[] =>
      records
        .filter(({ output }) => (output.missing === 'dropped') === missing)
        .map(({ activityId }) => Number(activityId));
    expect(ids(true)).toHaveLength(sinks.counts.dropped);
    expect(ids(false)).toContain(19);
    // Not each dropped one is older than each kept one: what is being stored at the moment stays.
    expect(mean(ids(true))).toBeLessThan(mean(ids(false)));
    await recorder.release(1000);
  });

  it('makes the oldest records go when the journal is full, and counts them', async () => {
    const { store, sinks, recorder } = await withFailingStore({ maxJournalBytes: 20_000, capture: 'metadata' });
    store.failure = new Error('down');
    for (let i = 0; i < 60; i++) {
      void recorder.record(observation({ correlation: { activityId: String(i) } }));
      if (i % 5 === 4) await recorder.flush(1);
    }
    store.failure = undefined;
    await until(() => recorder.flush(100), 'everything is stored');
    const ids = (await readRun(store, 'default', 'research-1')).records.map(({ activityId }) => Number(activityId));
    expect(ids).toContain(59);
    expect(mean(ids)).toBeGreaterThan(29.5);
    expect(ids.length + sinks.counts.dropped).toBe(60);
    await recorder.release(1000);
  });
});

it('counts records once that are given up while others are stored', async () => {
  const store = new FailingStore(path.join(temporaryDirectory(), 'journal'));
  const sinks = countingSinks();
  const recorder = acquireRecorder({ store, flushIntervalMs: 20, maxJournalBytes: 20_000, capture: 'metadata' }, sinks);
  const record = (activityId: number) =>
    recorder.record(observation({ correlation: { activityId: String(activityId) } }));
  store.failure = new Error('down');
  for (let i = 0; i < 10; i++) {
    void record(i);
    // Each in a journal file of its own.
    await recorder.flush(1);
  }
  let open = () => {};
  store.gate = new Promise((resolve) => {
    open = resolve;
  });
  store.failure = undefined;
  const flushed = until(() => recorder.flush(100), 'everything is stored');
  await until(async () => store.waiting > 0, 'the first file is being stored');
  for (let i = 10; i < 60; i++) void record(i);
  expect(sinks.counts.dropped).toBeGreaterThan(0);
  open();
  await flushed;
  const { records } = await readRun(store, 'default', 'research-1');
  expect(records.length + sinks.counts.dropped).toBe(60);
  expect(sinks.errors.filter(({ part }) => part === 'journal')).toEqual([]);
  await recorder.release(1000);
});

describe('a directory that cannot be used', () => {
  it('affects nobody, is told, and what it misses is counted', async () => {
    const file = path.join(temporaryDirectory(), 'file');
    fs.writeFileSync(file, '');
    const { recorder, sinks } = open({ directory: path.join(file, 'content') });
    for (let i = 0; i < 10; i++) {
      expect(await recorder.record(observation())).toEqual({
        input: { missing: 'dropped' },
        output: { missing: 'dropped' },
      });
    }
    expect(sinks.counts.dropped).toBe(10);
    expect(sinks.errors.filter(({ part }) => part === 'journal')).toHaveLength(1);
    await recorder.release(100);
  });

  it('that vanishes is made again', async () => {
    const { recorder, store, sinks, directory } = open();
    void recorder.record(observation());
    await recorder.flush(5000);
    fs.rmSync(directory, { recursive: true });
    void recorder.record(observation({ correlation: { activityId: '2' } }));
    await recorder.flush(5000);
    expect((await readRun(store, 'default', 'research-1')).records.map(({ activityId }) => activityId)).toEqual(['2']);
    expect(sinks.counts.dropped).toBe(0);
    await recorder.release(1000);
  });
});

describe('sharing', () => {
  it('recorders of one directory share it until the last lets go', async () => {
    const directory = temporaryDirectory();
    const a = open({ directory });
    const b = open({ directory });
    void a.recorder.record(observation({ correlation: { namespace: 'a' } }));
    void b.recorder.record(observation({ correlation: { namespace: 'b' } }));
    await a.recorder.release(5000);
    void b.recorder.record(observation({ correlation: { namespace: 'b', activityId: '2' } }));
    await b.recorder.release(5000);
    expect((await readRun(a.store, 'a', 'research-1')).records).toHaveLength(1);
    expect((await readRun(a.store, 'b', 'research-1')).records).toHaveLength(2);
    // Each hears of its own namespace.
    expect(a.sinks.counts.written).toBe(2);
    expect(b.sinks.counts.written).toBe(4);
    expect(fs.readdirSync(path.join(directory, 'journal'))).toEqual([]);
  });
});

describe('reading back', () => {
  async function stored(fields: ObservationFields = {}) {
    const opened = open();
    const refs = await opened.recorder.record(observation(fields));
    await opened.recorder.release(5000);
    return { ...opened, refs };
  }

  it('says what is corrupt, deleted or expired', async () => {
    const { store, refs, directory } = await stored();
    const file = path.join(directory, keyOf(refs.output));
    fs.writeFileSync(file, '{"answer":"Rome!"}');
    expect(await readContent(store, refs.output)).toMatchObject({ missing: 'corrupt' });
    fs.rmSync(file);
    expect(await readContent(store, refs.output, Date.now())).toMatchObject({ missing: 'not-found' });
    expect(await readContent(store, refs.output, Date.now() - 2 * store.retentionMs)).toMatchObject({
      missing: 'expired',
    });
    expect(await readContent(store, { uri: 'file:///etc/passwd' })).toMatchObject({ missing: 'not-found' });
  });

  it('counts damaged records and reads the rest', async () => {
    const { store } = await stored();
    await store.put('records/default/research-1/x/1-1.json', Buffer.from('{"version":'));
    await store.put('records/default/research-1/x/2-1.json', Buffer.from('{"version":99}'));
    expect(await readRun(store, 'default', 'research-1')).toMatchObject({
      records: [{}],
      unreadable: 2,
      truncated: false,
    });
  });

  it('finds nothing where nothing is', async () => {
    const store = new LocalDirectoryStore({ directory: path.join(temporaryDirectory(), 'absent') });
    expect(await readRun(store, 'default', 'x')).toEqual({
      records: [],
      findings: [],
      unreadable: 0,
      truncated: false,
    });
    expect(fs.existsSync(store.directory)).toBe(false);
  });
});
