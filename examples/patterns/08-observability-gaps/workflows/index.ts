import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/fixed';

const { complete } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 5 } });

export async function chat(question: string): Promise<string> {
  const completion = await complete(question);
  return completion.choices[0]?.message.content ?? '';
}
