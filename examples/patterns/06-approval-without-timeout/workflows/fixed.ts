import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { propose } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 5 } });

export type Decision = 'approved' | 'rejected';

export const decide = defineSignal<[Decision]>('decide');
export const isWaiting = defineQuery<boolean>('isWaiting');

/** FIXED: the wait has an end, and what happens then is decided in code. */
export async function purchase(request: string): Promise<Decision | 'expired'> {
  let decision: Decision | undefined;
  let waiting = false;
  setHandler(decide, (given) => {
    decision ??= given;
  });
  setHandler(isWaiting, () => waiting);
  await propose(request);
  waiting = true;
  const decided = await condition(() => decision !== undefined, '24 hours');
  return decided ? (decision ?? 'rejected') : 'expired';
}
