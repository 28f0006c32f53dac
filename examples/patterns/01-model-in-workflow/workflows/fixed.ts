import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { complete } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

/** FIXED: an activity calls the model, its result is in history, and workflow code imports types alone. */
export async function summarise(text: string): Promise<string> {
  const completion = await complete(`Summarise: ${text}`);
  return completion.choices[0]?.message.content ?? '';
}
