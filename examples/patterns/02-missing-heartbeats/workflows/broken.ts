import type Anthropic from '@anthropic-ai/sdk';
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/broken';

// BROKEN: when the worker dies, Temporal waits ten minutes before it notices.
const { draft } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  retry: { maximumAttempts: 3 },
});

// BROKEN: half of the cure is worse. Nothing heartbeats, so every answer that takes longer is asked, and paid, twice.
const { review } = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '1 second',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 2 },
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
