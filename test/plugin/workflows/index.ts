import { patched, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

const { callModel, search } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

/** Two model calls and a tool call. */
export async function agent(topic: string): Promise<string> {
  await callModel({ model: 'gpt-4o-mini', prompt: topic });
  const found = await search(topic);
  const response = await callModel({ model: 'gpt-4o-mini', prompt: found });
  return response.choices[0]?.message.content ?? '';
}

/** Has a patch of its own. */
export async function patchedAgent(topic: string): Promise<string> {
  const path = patched('users-own-patch') ? 'new' : 'old';
  return `${path} ${await agent(topic)}`;
}
