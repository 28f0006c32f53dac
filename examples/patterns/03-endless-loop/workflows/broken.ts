import { proxyActivities } from '@temporalio/workflow';
import type OpenAI from 'openai';
import type { Activities } from '../activities';
import { TOOLS } from '../tools';

const { complete, search } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

/**
 * BROKEN: the loop ends when the model has had enough, and some never have. It goes on until history is full and
 * Temporal terminates the run, with all its work.
 */
export async function research(question: string): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
  for (;;) {
    const { choices } = await complete({ messages, tools: TOOLS });
    const message = choices[0]?.message;
    if (!message?.tool_calls?.length) return message?.content ?? '';
    messages.push(message);
    for (const call of message.tool_calls) {
      messages.push({ role: 'tool', tool_call_id: call.id, content: await search(question) });
    }
  }
}
