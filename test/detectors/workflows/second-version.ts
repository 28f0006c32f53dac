import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../../plugin/activities';

const { callModel, search } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

async function untilContinued(): Promise<void> {
  let isContinued = false;
  setHandler(defineSignal('continue'), () => {
    isContinued = true;
  });
  await condition(() => isContinued);
}

export async function otherActivity(): Promise<void> {
  await callModel({ model: 'gpt-4o-mini', prompt: 'birds' });
  await untilContinued();
}

export async function otherCommand(): Promise<void> {
  await search('birds');
  await untilContinued();
}

export async function noCommand(): Promise<void> {
  await untilContinued();
}

export async function unchanged(): Promise<string | undefined> {
  const { choices } = await callModel({ model: 'gpt-4o-mini', prompt: 'Hi' });
  await untilContinued();
  return choices[0]?.message.content;
}
