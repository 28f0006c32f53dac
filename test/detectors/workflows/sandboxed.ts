import { ApplicationFailure, condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { Activities } from '../../plugin/activities';

const { callModel } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

export const ask = defineSignal('ask');

export async function fetches(): Promise<number> {
  await callModel({ model: 'gpt-4o-mini', prompt: 'Hi' });
  return (await fetch('http://127.0.0.1')).status;
}

export async function readsEnvironment(): Promise<string | undefined> {
  return process.env.MODEL;
}

export async function keepsWeakly(): Promise<unknown> {
  return new WeakRef({}).deref();
}

/** The API is not there, and the workflow copes with it. */
export async function copes(): Promise<string> {
  try {
    return String(await fetch('http://127.0.0.1'));
  } catch {
    return 'coped';
  }
}

declare const undeclared: string;

export async function mistaken(): Promise<string> {
  return undeclared;
}

export async function refuses(): Promise<never> {
  throw ApplicationFailure.nonRetryable('fetch is not available to this customer');
}

export async function fetchesWhenAsked(): Promise<void> {
  let answered = false;
  setHandler(ask, async () => {
    answered = (await fetch('http://127.0.0.1')).ok;
  });
  await condition(() => answered);
}
