import { setTimeout as sleep } from 'node:timers/promises';

const LEAST_PAUSE_MS = 1_000;

/** One failure, for example of a Temporal that is started again, does not end the demo. */
export async function forEver(pauseMs: number, work: () => Promise<void>): Promise<never> {
  for (;;) {
    await work().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
    await sleep(Math.max(pauseMs, LEAST_PAUSE_MS));
  }
}

export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}
