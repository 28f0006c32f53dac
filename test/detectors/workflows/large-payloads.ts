import { proxyActivities } from '@temporalio/workflow';
import type { LargeActivities } from '../large-activities';

const { largeResult, lengthOf } = proxyActivities<LargeActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: 20, backoffCoefficient: 1 },
});

export async function largeOutput(bytes: number): Promise<number> {
  return (await largeResult(bytes)).length;
}

export async function largeInput(bytes: number): Promise<number> {
  return await lengthOf('x'.repeat(bytes));
}
