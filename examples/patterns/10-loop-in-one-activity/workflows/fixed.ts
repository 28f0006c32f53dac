import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type OpenAI from 'openai';
import type { Activities } from '../activities/fixed';

const { complete, runTool } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { maximumAttempts: 5 },
});

const MAX_TURNS = 10;

/** FIXED: every model and tool call is an activity; what is done is done. */
export async function research(question: string): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const { choices } = await complete(messages);
    const message = choices[0]?.message;
    if (!message?.tool_calls?.length) return message?.content ?? '';
    messages.push(message);
    for (const call of message.tool_calls) {
      const name = call.type === 'function' ? call.function.name : 'unknown';
      messages.push({ role: 'tool', tool_call_id: call.id, content: await runTool(name) });
    }
  }
  throw ApplicationFailure.nonRetryable(`No answer after ${MAX_TURNS} turns`, 'TurnLimit');
}
