import { CancellationScope, executeChild, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/fixed';

const { complete } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '1 second',
  retry: { maximumAttempts: 5 },
});

export interface Question {
  readonly text: string;
  readonly secondOpinion: string;
  readonly audit: string;
}

/** FIXED: waits for its sub-agent, which by the default ParentClosePolicy ends with it if this agent is stopped. */
export async function answer({ text, secondOpinion, audit: what }: Question): Promise<string> {
  const first = await complete(text);
  const second = await inTime(() => complete(secondOpinion));
  await executeChild(audit, { workflowId: `${workflowInfo().workflowId}/audit`, args: [what] });
  return (second ?? first).choices[0]?.message.content ?? '';
}

export async function audit(what: string): Promise<string> {
  const completion = await complete(what);
  return completion.choices[0]?.message.content ?? '';
}

async function inTime<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await CancellationScope.withTimeout('1 second', work);
  } catch (error) {
    if (isCancellation(error)) return undefined;
    throw error;
  }
}
