import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { get_encoding } from 'tiktoken';
import { afterAll, describe, expect, test } from 'vitest';
import { closeTokenCounter, countTokens, estimateUsage } from '#lib/tokens/count-tokens';
import { anyUnits, ORDINARY_TEXTS, UNBROKEN_RUNS } from './texts';

const MILLION = 1_000_000;
const timeoutMs = 60_000;

afterAll(() => closeTokenCounter());

test('counts what tiktoken counts and says in which encoding', async () => {
  const plain = { o200k_base: get_encoding('o200k_base'), cl100k_base: get_encoding('cl100k_base') };
  for (const [model, encoding] of [
    ['gpt-5.1', 'o200k_base'],
    ['gpt-4-turbo', 'cl100k_base'],
  ] as const) {
    for (const text of Object.values(ORDINARY_TEXTS)) {
      expect(await countTokens(text, { model, timeoutMs })).toEqual({
        tokens: plain[encoding].encode_ordinary(text).length,
        encoding,
        estimated: true,
        modelEncoding: true,
        sampled: false,
      });
    }
  }
});

test('says when the encoding is not that of the model', async () => {
  expect(await countTokens('hello world', { model: 'claude-sonnet-4-5' })).toMatchObject({
    tokens: 2,
    modelEncoding: false,
  });
  expect(await countTokens('hello world')).toMatchObject({ tokens: 2, encoding: 'o200k_base', modelEncoding: false });
});

test.each(Object.entries(UNBROKEN_RUNS))('counts a million units of %s', async (_kind, make) => {
  const count = await countTokens(make(MILLION), { model: 'gpt-4o', timeoutMs });
  expect(count?.tokens).toBeGreaterThan(1000);
});

test.each([
  ['nothing', '', 0],
  ['NUL', '\0', 1],
  ['a special token', '<|endoftext|>', 7],
  ['an unpaired high surrogate', '\ud800', 1],
  ['an unpaired low surrogate', 'a\udc00b', 3],
])('takes any string: %s', async (_name, text, tokens) => {
  expect(await countTokens(text, { timeoutMs })).toMatchObject({ tokens });
});

test('takes a million units of anything', async () => {
  const count = await countTokens(anyUnits(MILLION), { timeoutMs });
  expect(count?.tokens).toBeGreaterThan(MILLION);
});

test.each([undefined, null, 7, {}, Buffer.from('x')])('refuses what is no string: %s', async (value) => {
  await expect(countTokens(value as never)).rejects.toThrow(/^text: expected a string, got /);
});

test('refuses wrong options by name', async () => {
  await expect(countTokens('x', { model: 5 as never })).rejects.toThrow(TypeError);
  await expect(countTokens('x', { timeoutMs: 0 })).rejects.toThrow('timeoutMs: expected a number above 0, got 0');
  await expect(countTokens('x', { timeoutMs: Number.NaN })).rejects.toThrow(
    'timeoutMs: expected a number above 0, got NaN',
  );
});

test('gives no count rather than a late one', async () => {
  expect(await countTokens('a'.repeat(3 * MILLION), { timeoutMs: 1 })).toBeUndefined();
  expect(await countTokens('hello world', { timeoutMs })).toMatchObject({ tokens: 2 });
});

test('leaves the event loop to others while it counts', async () => {
  let counted = false;
  const counting = countTokens('a'.repeat(MILLION), { timeoutMs }).finally(() => {
    counted = true;
  });
  let turns = 0;
  while (!counted) {
    await new Promise((resolve) => setImmediate(resolve));
    turns += 1;
  }
  await counting;
  expect(turns).toBeGreaterThan(20);
});

describe('estimateUsage', () => {
  test('counts request and response apart', async () => {
    const usage = await estimateUsage(['hello world', 'hello world'], 'hello', 'gpt-4o', () => undefined);
    expect(usage).toEqual({ inputTokens: 4, outputTokens: 1 });
  });

  test('reports why there is none', async () => {
    const reports: unknown[][] = [];
    const pending = estimateUsage(['a'.repeat(MILLION)], '', undefined, (...report) => reports.push(report));
    await closeTokenCounter();
    expect(await pending).toBeUndefined();
    expect(reports).toEqual([['tokens', expect.objectContaining({ name: 'TokensUnavailableError' })]]);
  });
});

describe('the process', () => {
  const run = (script: string) =>
    promisify(execFile)(
      process.execPath,
      ['-e', `const { countTokens, closeTokenCounter } = require('./lib/tokens/count-tokens');${script}`],
      {
        cwd: join(import.meta.dirname, '../..'),
        timeout: 60_000,
      },
    );

  test('stays for a count and ends after it', async () => {
    const { stdout } = await run(`countTokens('hello world').then((count) => console.log(count.tokens));`);
    expect(stdout.trim()).toBe('2');
  });

  test('ends when the counter is closed over a count under way', async () => {
    const { stdout } = await run(`
      countTokens('a'.repeat(4e6)).then((count) => console.log(String(count)));
      setImmediate(closeTokenCounter);
    `);
    expect(stdout.trim()).toBe('undefined');
  });
});
