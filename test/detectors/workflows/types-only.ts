import type { Anthropic } from '@anthropic-ai/sdk';
import { proxyActivities } from '@temporalio/workflow';
import type { OpenAI } from 'openai';
import type { Activities } from '../../plugin/activities';

const { callModel } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

export async function agent(prompt: string): Promise<OpenAI.ChatCompletionMessage | Anthropic.Message | undefined> {
  const { choices } = await callModel({ model: 'gpt-4o-mini', prompt });
  return choices[0]?.message as OpenAI.ChatCompletionMessage | undefined;
}
