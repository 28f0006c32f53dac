import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { complete, findCustomer } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

export const reply = defineSignal<[string]>('reply');
export const isWaiting = defineQuery<boolean>('isWaiting');

/** BROKEN: the next version has one more step at the top. Runs that wait since yesterday cannot be replayed by it. */
export async function support(ticket: string): Promise<string> {
  let replied: string | undefined;
  let waiting = false;
  setHandler(reply, (text) => {
    replied = text;
  });
  setHandler(isWaiting, () => waiting);
  await findCustomer(ticket);
  await complete(`Ask the customer what is missing: ${ticket}`);
  waiting = true;
  await condition(() => replied !== undefined, '7 days');
  const answer = await complete(`Answer: ${ticket} ${replied ?? ''}`);
  return answer.choices[0]?.message.content ?? '';
}
