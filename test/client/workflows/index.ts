import { proxyActivities } from '@temporalio/workflow';

interface StartingActivities {
  startOther(workflowId: string): Promise<void>;
}

const { startOther } = proxyActivities<StartingActivities>({ startToCloseTimeout: '1 minute' });

/** Starts another workflow by a client, inside an activity. */
export async function starter(workflowId: string): Promise<void> {
  await startOther(workflowId);
}
