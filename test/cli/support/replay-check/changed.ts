import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

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

/** The steps have changed places. */
export async function research(question: string): Promise<void> {
  await search(question);
  await callModel(question);
  await untilTold();
}

export async function support(question: string): Promise<void> {
  await callModel(question);
  await untilTold();
}

/** Throws where history goes on. */
export async function watch(): Promise<void> {
  throw new TypeError('no such plan');
}

export { notBegun, stuck } from './deployed';
