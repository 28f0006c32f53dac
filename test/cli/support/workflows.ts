import {
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { createActivities } from './activities';

type Activities = ReturnType<typeof createActivities>;

const { askModel, search, failForEver, fetchMuch } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '50 milliseconds', maximumInterval: '200 milliseconds' },
});
const { rejectForGood } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '1 minute' });

export const proceed = defineSignal('proceed');

/** Model, tool that fails once, model; then waits for a signal. */
export async function waitsForSignal(): Promise<void> {
  let signalled = false;
  setHandler(proceed, () => {
    signalled = true;
  });
  await askModel({ calls: ['search'] });
  await search('durable');
  await askModel({ calls: [] });
  await condition(() => signalled);
}

/** Waits for an activity that never succeeds, a child and a timer at once. */
export async function waitsForMuch(): Promise<void> {
  await Promise.all([
    failForEver('no luck'),
    executeChild(waitsForSignal, {
      workflowId: 'child-of-waits-for-much',
      parentClosePolicy: ParentClosePolicy.TERMINATE,
    }),
    sleep('1 hour'),
  ]);
}

/** Two turns a run, over several runs. */
export async function continuesAsNew(runsLeft: number): Promise<void> {
  await askModel({ calls: [] });
  await askModel({ calls: [] });
  if (runsLeft > 1) await continueAsNew<typeof continuesAsNew>(runsLeft - 1);
}

/** The model is asked in the worker's own process, without a task queue. */
export async function asksLocally(): Promise<void> {
  await local.askModel({ calls: [] });
}

export async function failsForGood(message: string): Promise<void> {
  await rejectForGood(message);
}

export async function fetchesMuch(): Promise<void> {
  await fetchMuch(600_000);
}
