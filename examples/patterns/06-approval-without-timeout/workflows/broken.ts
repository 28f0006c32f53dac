import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { propose } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 5 } });

export type Decision = 'approved' | 'rejected';

export const decide = defineSignal<[Decision]>('decide');
export const isWaiting = defineQuery<boolean>('isWaiting');

/** BROKEN: whoever was asked is on holiday, and the purchase waits for ever, unseen. */
export async function purchase(request: string): Promise<Decision> {
  let decision: Decision | undefined;
  let waiting = false;
  setHandler(decide, (given) => {
    decision ??= given;
  });
  setHandler(isWaiting, () => waiting);
  await propose(request);
  waiting = true;
  await condition(() => decision !== undefined);
  return decision ?? 'rejected';
}
