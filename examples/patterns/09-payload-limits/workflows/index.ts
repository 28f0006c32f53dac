import { proxyActivities } from '@temporalio/workflow';
import type OpenAI from 'openai';
import type { Activities } from '../activities';

const { complete, readDocument } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 2 },
});

/**
 * Adds one document after the other to the conversation, and has a report written at the end. Returns its length.
 *
 * BROKEN, unless payloads are kept elsewhere: history gets the whole conversation once more with every call, and the
 * report in one piece, which is over 2 MiB.
 */
export async function report(task: string, regions: string[]): Promise<number> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: 'You know all halls.' }];
  for (const region of regions) {
    messages.push({ role: 'user', content: `What about the ${region}?\n\n${await readDocument(region)}` });
    const { choices } = await complete(messages);
    messages.push({ role: 'assistant', content: choices[0]?.message.content ?? '' });
  }
  messages.push({ role: 'user', content: task });
  const { choices } = await complete(messages);
  return choices[0]?.message.content?.length ?? 0;
}
