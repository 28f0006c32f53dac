import {
  condition,
  defineSignal,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import { requestApproval } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

const { ask } = proxyActivities<Activities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 5 },
});

export const proceed = defineSignal('proceed');

/** One question to a model; there is a task type for each trouble that its provider can have. */
export async function answer(model: string, prompt: string): Promise<void> {
  await ask(model, prompt);
}
export async function classify(model: string, prompt: string): Promise<void> {
  await ask(model, prompt);
}
export async function moderate(model: string, prompt: string): Promise<void> {
  await ask(model, prompt);
}
export async function plan(model: string, prompt: string): Promise<void> {
  await ask(model, prompt);
}
export async function digest(model: string, prompt: string): Promise<void> {
  await ask(model, prompt);
}
export async function translate(model: string, prompt: string): Promise<void> {
  await ask(model, prompt);
}

/** Nobody decides until it is escalated. */
export async function purchase(timeoutMs: number): Promise<void> {
  await requestApproval({
    id: 'purchase',
    subject: 'Compressors for hall 3',
    timeout: timeoutMs,
    onTimeout: { escalateTo: 'the head of operations', timeout: '1 hour' },
  });
}

/** Fails at a defect of its own code, for ever. */
export async function report(): Promise<void> {
  await ask('gpt-5-mini', 'What is there to report?');
  throw new TypeError('the report has no title');
}

const { linger } = proxyActivities<{ linger: () => Promise<void> }>({ startToCloseTimeout: '1 hour' });

/** Waits for an activity that takes its time. */
export async function wait(): Promise<void> {
  await linger();
}

/** Leaves a child behind that goes on without it. */
export async function delegate(): Promise<void> {
  await startChild(audit, { parentClosePolicy: ParentClosePolicy.ABANDON, workflowId: 'audit-1' });
}

export async function audit(): Promise<void> {
  let proceeding = false;
  setHandler(proceed, () => {
    proceeding = true;
  });
  await ask('gpt-5-mini', 'What is there to audit?');
  await condition(() => proceeding, '1 hour');
}
