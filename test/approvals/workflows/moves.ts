import { condition, defineSignal, makeContinueAsNewFunc, setHandler } from '@temporalio/workflow';
import { type RequestApprovalOptions, requestApproval } from 'temporal-agent-observability/workflow';

/** Asks, and when told to continues as new where other workers have other code; asks again when told to in the last run. */
export async function moves(options: RequestApprovalOptions, ...taskQueues: string[]): Promise<unknown> {
  let told = 0;
  setHandler(defineSignal('proceed'), () => {
    told++;
  });
  const [taskQueue, ...rest] = taskQueues;
  if (taskQueue !== undefined) {
    requestApproval(options).catch(() => {});
    await condition(() => told > 0);
    await makeContinueAsNewFunc<typeof moves>({ taskQueue })(options, ...rest);
  }
  await condition(() => told > 0);
  const { outcome, actor } = await requestApproval(options);
  return [outcome, actor];
}
