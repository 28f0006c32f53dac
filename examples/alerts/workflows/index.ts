import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { reportApproval } from 'temporal-agent-observability/workflow';
import type { search } from '../activities';

const tools = proxyActivities<{ search: typeof search }>({ startToCloseTimeout: '10 seconds' });

export const proceed = defineSignal('proceed');

/** Waits for something that does not come. */
export async function investigate(): Promise<void> {
  const proceeds = untilProceeding();
  await tools.search('who knows');
  await proceeds();
}

/** Asks somebody who does not answer. */
export async function refund(dueInMs: number): Promise<void> {
  const proceeds = untilProceeding();
  await tools.search('the order');
  reportApproval({ id: 'refund', state: 'submitted', subject: 'A refund', dueAt: Date.now() + dueInMs });
  await proceeds();
  reportApproval({ id: 'refund', state: 'approved' });
}

function untilProceeding(): () => Promise<unknown> {
  let proceeding = false;
  setHandler(proceed, () => {
    proceeding = true;
  });
  return () => condition(() => proceeding, '1 hour');
}
