import fs from 'node:fs';
import path from 'node:path';
import { LocalDirectoryStore } from 'temporal-agent-observability/content';
import { describe, expect, it } from 'vitest';
import { DirectorySweep } from '#lib/content/directory-sweep';
import { filesBelow, temporaryDirectory } from './support';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const mode = (file: string): number => fs.statSync(file).mode & 0o777;

async function keysOf(store: LocalDirectoryStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys.sort();
}

describe('the local directory store', () => {
  it('gives back what was put, lists by prefix and deletes', async () => {
    const store = new LocalDirectoryStore({ directory: path.join(temporaryDirectory(), 'new', 'content') });
    expect(await keysOf(store, 'records/')).toEqual([]);
    await store.put('records/a/1/x.json', bytes('1'));
    await store.put('records/a/1/x.json', bytes('2'));
    await store.put('records/a/2/x.json', bytes('3'));
    expect(Buffer.from((await store.get('records/a/1/x.json')) ?? []).toString()).toBe('2');
    expect(await keysOf(store, 'records/a/1/')).toEqual(['records/a/1/x.json']);
    expect(await keysOf(store, 'records/')).toHaveLength(2);
    await store.delete('records/a/1/x.json');
    await store.delete('records/a/1/x.json');
    expect(await store.get('records/a/1/x.json')).toBeUndefined();
    expect(await store.has('records/a/1/x.json')).toBe(false);
    expect(await store.has('records/a/2/x.json')).toBe(true);
  });

  it('leaves no half-written file behind', async () => {
    const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.put('records/a/x.json', bytes(String(i).repeat(100_000)))),
    );
    expect(new Set(Buffer.from((await store.get('records/a/x.json')) ?? []).toString()).size).toBeLessThanOrEqual(2);
    expect(fs.readdirSync(path.join(store.directory, 'tmp'))).toEqual([]);
  });

  it('is closed to other users, whatever was there before', async () => {
    const root = temporaryDirectory();
    const directory = path.join(root, 'shared');
    fs.mkdirSync(path.join(directory, 'content'), { recursive: true, mode: 0o755 });
    fs.chmodSync(directory, 0o755);
    fs.chmodSync(path.join(directory, 'content'), 0o777);
    const store = new LocalDirectoryStore({ directory });
    await store.put('content/a/sha256/aa/aa', bytes('x'));
    await store.put('records/a/b.json', bytes('x'));
    // The root may be somebody else's; what is ours below it is closed.
    expect(mode(directory)).toBe(0o755);
    for (const name of ['content', 'records', 'tmp', 'content/a/sha256/aa', 'records/a']) {
      expect(mode(path.join(directory, name))).toBe(0o700);
    }
    for (const file of filesBelow(directory)) expect(mode(file)).toBe(0o600);
    const own = new LocalDirectoryStore({ directory: path.join(root, 'own') });
    own.prepare();
    expect(mode(own.directory)).toBe(0o700);
    expect(fs.readFileSync(path.join(own.directory, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it.each([
    '../x',
    'content/../../x',
    '/etc/passwd',
    'other/x',
    'content//x',
    'content/a\\..\\b',
    'content/\0',
    'journal/x',
  ])('refuses the key %j', async (key) => {
    const root = temporaryDirectory();
    const store = new LocalDirectoryStore({ directory: path.join(root, 'content') });
    await expect(store.put(key, bytes('x'))).rejects.toThrow(TypeError);
    expect(filesBelow(root)).toEqual([]);
  });

  it('survives the loss of its directory', async () => {
    const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
    await store.put('records/a/x.json', bytes('1'));
    fs.rmSync(store.directory, { recursive: true });
    expect(await store.get('records/a/x.json')).toBeUndefined();
    await store.put('records/a/x.json', bytes('2'));
    expect(await store.has('records/a/x.json')).toBe(true);
  });

  it.each([
    [{ directory: '' }, 'directory: expected a path, got ""'],
    [{ directory: 7 as unknown as string }, 'directory: expected a path, got 7'],
    [{ maxBytes: 0 }, 'maxBytes: expected a whole number of at least 1, got 0'],
    [{ maxBytes: '1' as unknown as number }, 'maxBytes: expected a whole number of at least 1, got "1"'],
    [{ retentionMs: -1 }, 'retentionMs: expected a number of at least 0, got -1'],
  ])('refuses the options %j', (options, message) => {
    expect(() => new LocalDirectoryStore(options)).toThrow(message);
  });
});

describe('age and size of a content directory', () => {
  const DAY_MS = 86_400_000;

  async function filled(ages: Record<string, number>): Promise<string> {
    const store = new LocalDirectoryStore({ directory: temporaryDirectory() });
    for (const [key, age] of Object.entries(ages)) {
      await store.put(key, Buffer.alloc(1000));
      const time = new Date(Date.now() - age);
      fs.utimesSync(path.join(store.directory, key), time, time);
    }
    return store.directory;
  }

  const left = (directory: string): string[] =>
    filesBelow(directory)
      .map((file) => path.relative(directory, file))
      .sort();

  it('removes what is too old', async () => {
    const directory = await filled({
      'content/a/old': 8 * DAY_MS,
      'content/a/new': DAY_MS,
      'records/a/old': 8 * DAY_MS,
      'records/a/new': 0,
    });
    await new DirectorySweep(directory, { maxBytes: 1e9, retentionMs: 7 * DAY_MS }).run();
    expect(left(directory)).toEqual(['content/a/new', 'records/a/new']);
  });

  it('removes the oldest content first, and records only when that is not enough', async () => {
    const ages = {
      'content/a/1': 3 * DAY_MS,
      'content/a/2': 2 * DAY_MS,
      'content/a/3': DAY_MS,
      'records/a/1': 4 * DAY_MS,
      'records/a/2': 0,
    };
    const some = await filled(ages);
    await new DirectorySweep(some, { maxBytes: 3500, retentionMs: 0 }).run();
    expect(left(some)).toEqual(['content/a/3', 'records/a/1', 'records/a/2']);
    const most = await filled(ages);
    await new DirectorySweep(most, { maxBytes: 1500, retentionMs: 0 }).run();
    expect(left(most)).toEqual(['records/a/2']);
  });

  it('takes no more than it needs of files of one age', async () => {
    const directory = await filled(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`content/a/${i}`, 0])));
    await new DirectorySweep(directory, { maxBytes: 60_000, retentionMs: 0 }).run();
    expect(left(directory)).toHaveLength(54);
  });

  it('keeps content that is stored again', async () => {
    const directory = await filled({ 'content/a/again': 8 * DAY_MS, 'content/a/once': 8 * DAY_MS });
    await new LocalDirectoryStore({ directory }).put('content/a/again', Buffer.alloc(1000));
    await new DirectorySweep(directory, { maxBytes: 1e9, retentionMs: 7 * DAY_MS }).run();
    expect(left(directory)).toEqual(['content/a/again']);
  });
});
