import { condition, defineQuery, defineSignal, patched, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { complete, findCustomer } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

export const reply = defineSignal<[string]>('reply');
export const isWaiting = defineQuery<boolean>('isWaiting');

/** FIXED: the new step is for runs that begin with it; the others go on as they began. */
export async function support(ticket: string): Promise<string> {
  let replied: string | undefined;
  let waiting = false;
  setHandler(reply, (text) => {
    replied = text;
  });
  setHandler(isWaiting, () => waiting);
  if (patched('find-customer')) await findCustomer(ticket);
  await complete(`Ask the customer what is missing: ${ticket}`);
  waiting = true;
  await condition(() => replied !== undefined, '7 days');
  const answer = await complete(`Answer: ${ticket} ${replied ?? ''}`);
  return answer.choices[0]?.message.content ?? '';
}
