import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { activities } from '../claim-check-activities';

const { produce, measure } = proxyActivities<typeof activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3, initialInterval: '10 ms' },
});

export const goOn = defineSignal('goOn');

/** A large model result, and an activity that needs it; the result of the run is the large one. */
export async function relay(bytes: number): Promise<{ text: string; seen: number }> {
  const text = await produce(bytes);
  return { text, seen: await measure(text) };
}

export async function measureInput(text: string, ...more: string[]): Promise<number> {
  return measure(text + more.join(''));
}

/** Keeps a large result only as long as it is in memory, and hands it on when told to. */
export async function relayLater(bytes: number): Promise<number> {
  let told = false;
  setHandler(goOn, () => {
    told = true;
  });
  const text = await produce(bytes);
  await condition(() => told);
  return text.length;
}
