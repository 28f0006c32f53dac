import { proxyActivities } from '@temporalio/workflow';

const { callModel } = proxyActivities<{ callModel(request: unknown): Promise<unknown> }>({
  startToCloseTimeout: '1 minute',
});

/** An agent's loop without anything else: one model call after the other. */
export async function sequentialModelCalls(calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) await callModel({ model: 'gpt-4.1', call });
}
