import { expect, test } from 'vitest';
import { SharedCalls } from '#lib/client/shared-calls';

class TooSlow extends Error {}

/** Answers in the order of the questions, when the test says so. */
class Server {
  readonly asked: { resolve(value: string): void; reject(error: Error): void }[] = [];
  private readonly calls = new SharedCalls<string>();

  call(waitMs = 60_000): Promise<string> {
    return this.calls.call({
      key: 'same',
      untilMs: Date.now() + waitMs,
      ask: () => new Promise((resolve, reject) => this.asked.push({ resolve, reject })),
      isFinal: (answer) => 'value' in answer && answer.value === 'final',
      isTimeout: (error) => error instanceof TooSlow,
      timeout: () => new TooSlow('of my own'),
    });
  }
}

test('who comes while a question is under way has its answer if that is final', async () => {
  const server = new Server();
  const first = server.call();
  const second = server.call();
  server.asked[0]?.resolve('final');
  expect(await Promise.all([first, second])).toEqual(['final', 'final']);
  expect(server.asked).toHaveLength(1);
});

test('all who come while a question is under way ask one more together where its answer may be out of date', async () => {
  const server = new Server();
  const first = server.call();
  const others = [server.call(), server.call(), server.call()];
  server.asked[0]?.resolve('not yet');
  expect(await first).toBe('not yet');
  await settled();
  server.asked[1]?.reject(new Error('refused'));
  for (const other of others) await expect(other).rejects.toThrow('refused');
  expect(server.asked).toHaveLength(2);
});

test('nobody waits longer than it wants, or gives up since somebody else does', async () => {
  const server = new Server();
  const first = server.call();
  await expect(server.call(1)).rejects.toThrow('of my own');
  const third = server.call();
  server.asked[0]?.reject(new TooSlow('of the first'));
  await expect(first).rejects.toThrow('of the first');
  await settled();
  server.asked[1]?.resolve('now');
  expect(await third).toBe('now');
});

test('a question that comes later is asked anew', async () => {
  const server = new Server();
  const first = server.call();
  server.asked[0]?.resolve('final');
  await first;
  const second = server.call();
  server.asked[1]?.resolve('final');
  await second;
  expect(server.asked).toHaveLength(2);
});

/** Lets answers reach those who wait. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
