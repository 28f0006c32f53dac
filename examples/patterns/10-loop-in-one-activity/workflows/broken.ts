import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/broken';

const { runAgent } = proxyActivities<Activities>({ startToCloseTimeout: '2 minutes', retry: { maximumAttempts: 5 } });

/** BROKEN: Temporal sees one activity. When its fifth model call fails, the four before are made, and paid, again. */
export async function research(question: string): Promise<string> {
  return runAgent(question);
}
