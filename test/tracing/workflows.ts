import { proxyActivities } from '@temporalio/workflow';
import type { createActivities } from './activities';

const { callModel } = proxyActivities<ReturnType<typeof createActivities>>({ startToCloseTimeout: '1 minute' });

export function supportAgent(): Promise<string> {
  return callModel();
}
