import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../scripts/lock.mjs';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('runs one body at a time, and goes on after one that fails', async () => {
  const file = path.join(directory, 'lock');
  let inside = 0;
  const body = async () => {
    expect(++inside).toBe(1);
    await turn();
    inside--;
    throw new Error('failed');
  };
  const all = await Promise.allSettled([1, 2, 3].map(() => withLock(file, 'testing', body)));
  expect(all.map((one) => one.status === 'rejected' && one.reason.message)).toEqual(['failed', 'failed', 'failed']);
  expect(readdirSync(directory)).toEqual([]);
});

test('takes over the lock of a process that was killed', async () => {
  const file = path.join(directory, 'lock');
  const module = new URL('../../scripts/lock.mjs', import.meta.url).href;
  const script = `(await import('${module}')).withLock('${file}', 'x', () => { console.log('held'); return new Promise((r) => setTimeout(r, 1e6)); });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  await once(holder, 'exit');

  await expect(withLock(file, 'testing', async () => 'mine')).resolves.toBe('mine');
});
