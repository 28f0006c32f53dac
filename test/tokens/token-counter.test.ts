import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { CountingThread } from '#lib/tokens/counting-thread';
import { TokenCounter, TokensUnavailableError } from '#lib/tokens/token-counter';

const MORTAL_WORKER = join(import.meta.dirname, 'fixtures/mortal-worker.cjs');
const LONG = 60_000;

let counter: TokenCounter;
afterEach(() => counter.close());

const count = async (text: string, timeoutMs = LONG) =>
  (await counter.count([text], 'o200k_base', timeoutMs))[0]?.tokens;

describe('a thread that dies', () => {
  test.each(['throw', 'exit'])('costs only the text that it died of: %s', async (fatal) => {
    counter = new TokenCounter(new CountingThread(MORTAL_WORKER));
    const results = await Promise.allSettled(['one', fatal, 'three', fatal, 'fifth'].map((text) => count(text)));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : 'none'))).toEqual([
      3,
      'none',
      5,
      'none',
      5,
    ]);
    expect(results[1]).toMatchObject({ reason: expect.any(TokensUnavailableError) });
  });

  test('is not started for ever, until the counter is closed and used anew', async () => {
    counter = new TokenCounter(new CountingThread(MORTAL_WORKER));
    await Promise.allSettled(['throw', 'throw', 'throw'].map((text) => count(text)));
    await expect(count('healthy')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('keeps dying') },
    });
    await counter.close();
    expect(await count('healthy')).toBe(7);
  });

  test('is followed by one that counts: the real thread', async () => {
    counter = new TokenCounter();
    const unknown = counter.count(['text'], 'no_such_encoding' as 'o200k_base', LONG);
    await expect(unknown).rejects.toBeInstanceOf(TokensUnavailableError);
    expect(await count('hello world')).toBe(2);
  });
});

describe('bounds', () => {
  test('a deadline holds while the thread works and while a text waits', async () => {
    counter = new TokenCounter(new CountingThread(MORTAL_WORKER));
    const results = await Promise.allSettled([count('hang', 50), count('waits', 50)]);
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { message: 'Tokens were not counted within 50 ms.' },
      });
    }
  });

  test('what waits is limited in number', async () => {
    counter = new TokenCounter(new CountingThread(MORTAL_WORKER));
    const hanging = Promise.allSettled([count('hang')]);
    const waiting = Promise.allSettled(Array.from({ length: 1024 }, () => count('waits')));
    await expect(count('one too many')).rejects.toThrow('Too much text waits');
    await counter.close();
    await hanging;
    expect((await waiting).every(({ status }) => status === 'rejected')).toBe(true);
  });

  test('what waits is limited in bytes', async () => {
    counter = new TokenCounter(new CountingThread(MORTAL_WORKER));
    const four = 'x'.repeat(4 * 1024 * 1024);
    const waiting = Promise.allSettled(['hang', four, four, four, four].map((text) => count(text)));
    await expect(count('one too many')).rejects.toThrow('Too much text waits');
    await counter.close();
    await waiting;
  });

  test('a text over 4 MiB is sampled all over, not cut off', async () => {
    counter = new TokenCounter();
    const text = 'word '.repeat(700_000) + '你好。'.repeat(700_000);
    const [words, greetings, whole] = await counter
      .count(['word '.repeat(70_000), '你好。'.repeat(70_000)], 'o200k_base', LONG)
      .then(async (parts) => [...parts, ...(await counter.count([text], 'o200k_base', LONG))]);
    expect([words?.sampled, greetings?.sampled, whole?.sampled]).toEqual([false, false, true]);
    const exact = 10 * ((words?.tokens ?? 0) + (greetings?.tokens ?? 0));
    expect(Math.abs((whole?.tokens ?? 0) / exact - 1)).toBeLessThan(0.05);
  });
});

test('close answers what is under way', async () => {
  counter = new TokenCounter(new CountingThread(MORTAL_WORKER));
  const pending = Promise.allSettled([count('hang'), count('waits')]);
  await counter.close();
  expect((await pending).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
