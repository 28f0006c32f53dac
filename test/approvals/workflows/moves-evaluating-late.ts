import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { RequestApprovalOptions } from 'temporal-agent-observability/workflow';

type Entry = typeof import('temporal-agent-observability/workflow');

/** Evaluates the API when it needs it. */
export async function moves(options: RequestApprovalOptions): Promise<unknown> {
  let told = 0;
  setHandler(defineSignal('proceed'), () => {
    told++;
  });
  await condition(() => told > 0);
  const { requestApproval } = require('temporal-agent-observability/workflow') as Entry;
  const { outcome, actor } = await requestApproval(options);
  return [outcome, actor];
}
