import type Anthropic from '@anthropic-ai/sdk';
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/fixed';

/** FIXED: a dead worker is noticed within the heartbeat timeout, however long an answer may take. */
const { draft, review } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 second',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 3 },
});

export interface Article {
  readonly topic: string;
  readonly style: string;
}

export async function write({ topic, style }: Article): Promise<string> {
  const text = textOf(await draft(topic));
  return textOf(await review(`${style}\n\n${text}`));
}

function textOf({ content }: Anthropic.Message): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}
