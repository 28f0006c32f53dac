/**
 * Agents that wait for people.
 *
 * @module
 */

import { condition, continueAsNew, defineSignal, setHandler } from '@temporalio/workflow';
import { type RequestApprovalOptions, reportApproval, requestApproval } from 'temporal-agent-observability/workflow';

/** Goes on after a wait. */
export const go = defineSignal('go');
/** Makes every workflow task fail from now on, until the code is mended. */
export const stumble = defineSignal('stumble');

/** Ends as soon as all of them are decided, and tells how. */
export async function asks(...requests: RequestApprovalOptions[]): Promise<string[]> {
  const decisions = await Promise.all(requests.map(requestApproval));
  return decisions.map(({ outcome, actor = '', note = '' }) => `${outcome} ${actor} ${note}`.trim());
}

/** Likewise, but stays open until it is told to go. */
export async function asksAndStays(...requests: RequestApprovalOptions[]): Promise<string[]> {
  const gone = untilGo();
  const outcomes = await asks(...requests);
  await gone;
  return outcomes;
}

/** Asks when it is told to go. */
export async function asksLater(request: RequestApprovalOptions): Promise<string[]> {
  await untilGo();
  return asks(request);
}

/** Continues as new when it is told to go, and asks the same again. */
export async function asksAcrossRuns(request: RequestApprovalOptions, run = 1): Promise<string[]> {
  const gone = untilGo();
  const asked = asks(request);
  if (run > 1) return asked;
  await Promise.race([gone, asked]);
  await gone;
  return continueAsNew<typeof asksAcrossRuns>(request, run + 1);
}

/** Handles an approval by itself. */
export async function reports({ id }: RequestApprovalOptions): Promise<void> {
  reportApproval({ id, state: 'submitted', subject: 'By hand', dueAt: Date.now() + 60_000 });
  await untilGo();
  reportApproval({ id, state: 'approved', actor: 'somebody' });
}

/** Never asks for anything. */
export async function works(): Promise<void> {
  await untilGo();
}

export async function stumbles(request: RequestApprovalOptions): Promise<void> {
  setHandler(stumble, () => {
    throw new TypeError('a defect of the workflow');
  });
  await requestApproval(request);
}

function untilGo(): Promise<void> {
  let told = false;
  setHandler(go, () => {
    told = true;
  });
  return condition(() => told);
}
