import { performance } from 'node:perf_hooks';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { collectGarbage } from '../collect-garbage';

/** As many attempts as a busy worker has under way at once; the event loop turns after each batch. */
const BATCH = 10;

/** Long enough for what attempts leave behind, and costs nothing: time that the loop is idle is not counted. */
const SETTLE_MS = 250;

/**
 * Time that the main thread is busy for one attempt, in microseconds: what holds the activity's result, and what is done
 * for it later (export of spans, storing of content).
 */
export async function busyMicroseconds(
  count: number,
  attempt: () => Promise<void>,
  finish: () => Promise<void>,
): Promise<number> {
  collectGarbage();
  await turn();
  const before = performance.eventLoopUtilization();
  for (let done = 0; done < count; done += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, attempt));
    await turn();
  }
  await finish();
  await sleep(SETTLE_MS);
  return (performance.eventLoopUtilization(before).active / count) * 1000;
}
