import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

interface Activities {
  callModel(prompt: string): Promise<string>;
  search(query: string): Promise<string>;
}

const { callModel, search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

export const proceed = defineSignal('proceed');

async function untilTold(): Promise<void> {
  let told = false;
  setHandler(proceed, () => {
    told = true;
  });
  await condition(() => told);
}

export async function research(question: string): Promise<void> {
  await callModel(question);
  await search(question);
  await untilTold();
}

export async function support(question: string): Promise<void> {
  await callModel(question);
  await untilTold();
}

export async function watch(): Promise<void> {
  await sleep('1 hour');
}

/** Has a step that never comes back. */
export async function stuck(): Promise<void> {
  await callModel('for ever');
}

/** Started on a task queue without a worker. */
export async function notBegun(): Promise<void> {
  await untilTold();
}
