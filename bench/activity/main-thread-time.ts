import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { collectGarbage } from '../collect-garbage';
import { mainThreadCpuMs } from '../cpu-time';

/** As many attempts as a busy worker has under way at once; the event loop turns after each batch. */
const BATCH = 10;

/** Long enough for what attempts leave behind; waiting costs no CPU. */
const SETTLE_MS = 250;

/**
 * CPU time of the main thread for one attempt, in microseconds: what holds the activity's result, and what is done for it
 * later (export of spans, storing of content).
 */
export async function mainThreadMicroseconds(
  count: number,
  attempt: () => Promise<void>,
  finish: () => Promise<void>,
): Promise<number> {
  collectGarbage();
  await turn();
  const before = mainThreadCpuMs();
  for (let done = 0; done < count; done += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, attempt));
    await turn();
  }
  await finish();
  await sleep(SETTLE_MS);
  return ((mainThreadCpuMs() - before) / count) * 1000;
}
