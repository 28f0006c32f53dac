import { proxyActivities } from '@temporalio/workflow';
import type OpenAI from 'openai';
import type { Activities } from '../activities/fixed';

const { answer, findTitle } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

export async function chat(question: string): Promise<string> {
  const text = textOf(await answer(question));
  return `${textOf(await findTitle(text))}\n\n${text}`;
}

function textOf(completion: OpenAI.ChatCompletion): string {
  return completion.choices[0]?.message.content ?? '';
}
