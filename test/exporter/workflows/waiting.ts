import { condition, executeChild, proxyActivities, sleep } from '@temporalio/workflow';

const { callOut } = proxyActivities<{ callOut(key: string): Promise<void> }>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '50 milliseconds', maximumInterval: '100 milliseconds' },
});

/** Waits for an activity that fails again and again, a child and a timer at once. */
export async function waitsForMuch(key: string): Promise<void> {
  await Promise.all([callOut(key), executeChild(waitsForApproval), sleep('1 hour')]);
}

/** Waits for a message that nobody sends. */
export async function waitsForApproval(): Promise<void> {
  await condition(() => false);
}

/** Its workflow task fails again and again. */
export async function failsItsTask(key: string): Promise<void> {
  throw new TypeError(`no such thing as ${key}`);
}
