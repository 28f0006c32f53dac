import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { models, tools } from './proxies';

export interface PurchaseInput {
  readonly item: string;
  readonly quantity: number;
  readonly request: string;
}

export type Decision = 'approved' | 'rejected';

/** Sent by the human who decides. */
export const decide = defineSignal<[Decision]>('decide');

/** Writes a purchase proposal, waits for a human to approve it, and orders. Never waits for ever. */
export async function purchase({ item, quantity, request }: PurchaseInput): Promise<string> {
  let decision: Decision | undefined;
  setHandler(decide, (given) => {
    decision ??= given;
  });
  await models.createResponse({ instructions: 'You write purchase proposals in two sentences.', input: request });
  const decided = await condition(() => decision !== undefined, '24 hours');
  if (!decided) return 'nobody decided within a day';
  return decision === 'approved' ? tools.placeOrder(item, quantity) : 'rejected';
}
