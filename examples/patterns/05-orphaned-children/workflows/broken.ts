import {
  CancellationScope,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/broken';

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

/** BROKEN: the sub-agent outlives this agent; nobody waits for it, and nobody stops it. */
export async function answer({ text, secondOpinion, audit: what }: Question): Promise<string> {
  const first = await complete(text);
  const second = await inTime(() => complete(secondOpinion));
  await startChild(audit, {
    workflowId: `${workflowInfo().workflowId}/audit`,
    args: [what],
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
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
