import {
  condition,
  continueAsNew,
  defineSignal,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { type RequestApprovalOptions, requestApproval } from 'temporal-agent-observability/workflow';
import type { Activities } from '../../../rollout/support/activities';

const { callModel, search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

export const end = defineSignal('end');

/** Works, waits to be told to end, and ends. */
export async function worksUntilTold(): Promise<void> {
  const told = untilTold();
  await callModel({ model: 'gpt-5-mini', turn: 1 });
  await search('durable execution');
  await told;
}

/** Continues as new so many times before it waits to be told to end. */
export async function worksOn(runsLeft: number): Promise<void> {
  const told = untilTold();
  await callModel({ model: 'gpt-5-mini', turn: runsLeft });
  if (runsLeft > 0) await continueAsNew<typeof worksOn>(runsLeft - 1);
  await told;
}

/** Stays after the decision until it is told to end. */
export async function asks(options: RequestApprovalOptions): Promise<string> {
  const told = untilTold();
  const { outcome } = await requestApproval(options);
  await told;
  return outcome;
}

/** Ends with its child open, or stays until it is told to end or somebody ends it. */
export async function delegates(policy: keyof typeof ParentClosePolicy, stays: boolean): Promise<void> {
  const told = untilTold();
  await startChild(worksUntilTold, {
    workflowId: `${workflowInfo().workflowId}/child`,
    parentClosePolicy: ParentClosePolicy[policy],
  });
  if (stays) await told;
}

function untilTold(): Promise<void> {
  let isTold = false;
  setHandler(end, () => {
    isTold = true;
  });
  return condition(() => isTold);
}
