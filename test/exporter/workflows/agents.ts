import { defineSearchAttributeKey } from '@temporalio/common';
import {
  condition,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

const { work } = proxyActivities<{ work(): Promise<void> }>({ startToCloseTimeout: '1 minute' });

export const change = defineSignal<[state: string, dueAtMs: number]>('change');

/** Has its approval as signals say. */
export async function approving(): Promise<void> {
  setHandler(change, (state, dueAtMs) => {
    const dueAt = new Date(dueAtMs);
    upsertSearchAttributes([
      { key: defineSearchAttributeKey('AgentApprovalState', 'KEYWORD'), value: state },
      { key: defineSearchAttributeKey('AgentApprovalDueAt', 'DATETIME'), value: dueAt },
    ]);
  });
  await condition(() => false);
}

/** Does something else when it is replayed. */
export async function wavering(): Promise<void> {
  setHandler(change, () => {});
  if (workflowInfo().unsafe.isReplaying) await work();
  await sleep('1 hour');
}

export async function throwing(): Promise<void> {
  throw new RangeError('the model said: do not tell anybody');
}

export async function fetching(): Promise<void> {
  await fetch('http://127.0.0.1:9');
}

export async function waiting(): Promise<void> {
  setHandler(change, () => {});
  await condition(() => false);
}
