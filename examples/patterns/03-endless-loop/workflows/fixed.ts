import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type OpenAI from 'openai';
import type { Activities } from '../activities';
import { TOOLS } from '../tools';

const { complete, search } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

const MAX_TURNS = 6;

interface Progress {
  readonly turns: number;
  readonly messages: OpenAI.ChatCompletionMessageParam[];
}

/** FIXED: the last turn gets no tools, so that it has to answer with what is there; history never grows far. */
export async function research(question: string, progress?: Progress): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = progress?.messages ?? [{ role: 'user', content: question }];
  for (let turns = progress?.turns ?? 0; ; ) {
    const isLast = ++turns === MAX_TURNS;
    const { choices } = await complete({ messages, tools: isLast ? [] : TOOLS });
    const message = choices[0]?.message;
    if (isLast || !message?.tool_calls?.length) return message?.content ?? '';
    messages.push(message);
    for (const call of message.tool_calls) {
      messages.push({ role: 'tool', tool_call_id: call.id, content: await search(question) });
    }
    if (workflowInfo().continueAsNewSuggested) {
      return continueAsNew<typeof research>(question, { turns, messages: messages.slice(-20) });
    }
  }
}
