/**
 * Tries again what failed for a moment.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 2_000;

/** How long somebody waits. */
export interface Patience {
  readonly timeoutMs: number;
  /** When it ends, in milliseconds since the epoch. */
  readonly untilMs: number;
}

export function patienceOf(timeoutMs: number): Patience {
  return { timeoutMs, untilMs: Date.now() + timeoutMs };
}

/**
 * Calls until it succeeds, fails for good, or the next try would begin after `untilMs`; then with what it failed.
 * Waits are random, for those who were refused together would otherwise come back together.
 */
export async function retryUntil<T>(
  untilMs: number,
  isPassing: (error: unknown) => boolean,
  call: () => Promise<T>,
): Promise<T> {
  for (let longest = FIRST_WAIT_MS; ; longest = Math.min(2 * longest, LONGEST_WAIT_MS)) {
    try {
      return await call();
    } catch (error) {
      const wait = longest * (0.5 + Math.random() / 2);
      if (!isPassing(error) || Date.now() + wait >= untilMs) throw error;
      await sleep(wait);
    }
  }
}
