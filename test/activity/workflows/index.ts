import {
  type ActivityOptions,
  CancellationScope,
  proxyActivities,
  proxyLocalActivities,
  sleep,
} from '@temporalio/workflow';

type Any = Record<string, (...args: unknown[]) => Promise<unknown>>;

const OPTIONS: ActivityOptions = { startToCloseTimeout: '1 minute', retry: { initialInterval: '10 ms' } };

/** Calls one activity, as often as is asked. */
export async function call(
  name: string,
  args: unknown[],
  how: { times?: number; attempts?: number; local?: boolean; options?: ActivityOptions } = {},
) {
  const retry = {
    ...OPTIONS.retry,
    maximumAttempts: how.attempts === 0 ? Number.POSITIVE_INFINITY : (how.attempts ?? 1),
    ...how.options?.retry,
  };
  const options = { ...OPTIONS, ...how.options, retry };
  const proxy = how.local ? proxyLocalActivities<Any>(options) : proxyActivities<Any>(options);
  let result: unknown;
  for (let i = 0; i < (how.times ?? 1); i++) result = await proxy[name]?.(...args);
  return result;
}

/** Passes a text of a size that no client could send. */
export async function passText(name: string, chars: number): Promise<unknown> {
  return call(name, ['x'.repeat(chars)]);
}

export async function cancels(name: string): Promise<string> {
  const proxy = proxyActivities<Any>({
    ...OPTIONS,
    heartbeatTimeout: '1 s',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  const scope = new CancellationScope();
  const result = scope.run(async () => proxy[name]?.()).catch((error: Error) => error.name);
  await sleep(200);
  scope.cancel();
  return String(await result);
}
