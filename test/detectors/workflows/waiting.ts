import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  getExternalWorkflowHandle,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  Trigger,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { allow } from 'temporal-agent-observability/workflow';
import type { Activities } from '../../plugin/activities';

const { callModel, search } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

const MODEL = { model: 'gpt-4o-mini', prompt: 'birds' };

export const approve = defineSignal('approve');
export const steer = defineUpdate<string, [string]>('steer');
export const isApproved = defineQuery<boolean>('isApproved');

/** What is true once somebody approved. */
function approval(): () => boolean {
  let approved = false;
  setHandler(approve, () => {
    approved = true;
  });
  setHandler(isApproved, () => approved);
  return () => approved;
}

export async function waits(turns: number): Promise<void> {
  const approved = approval();
  for (let turn = 0; turn < turns; turn++) await callModel(MODEL);
  await condition(approved);
}

export async function waitsWithDeadline(turns: number): Promise<void> {
  const approved = approval();
  for (let turn = 0; turn < turns; turn++) await callModel(MODEL);
  await condition(approved, '5 minutes');
}

/** Says so first, by a command that nothing answers. */
export async function announcesItsWait(): Promise<void> {
  const approved = approval();
  await callModel(MODEL);
  upsertMemo({ state: 'waiting' });
  await condition(approved);
}

/** Without a condition. */
export async function awaitsTrigger(): Promise<void> {
  const approved = new Trigger<void>();
  setHandler(approve, () => approved.resolve());
  await callModel(MODEL);
  await approved;
}

/** The wait is that of an update. */
export async function waitsInUpdate(): Promise<void> {
  const approved = approval();
  await callModel(MODEL);
  let steered = false;
  setHandler(steer, async (direction) => {
    await condition(approved);
    steered = true;
    return direction;
  });
  await condition(() => steered, '1 second');
  await condition(() => steered);
  await condition(allHandlersFinished);
}

export async function allowsToWait(): Promise<void> {
  allow('wait-without-timeout', 'awaits the next message of its user');
  await waits(1);
}

/** The agent of before goes on to wait. */
export async function continuesAndWaits(runs = 2): Promise<void> {
  const approved = approval();
  if (runs > 1) {
    await callModel(MODEL);
    await continueAsNew<typeof continuesAndWaits>(runs - 1);
  }
  await condition(approved);
}

export async function scopeWithTimeout(): Promise<void> {
  const approved = approval();
  await callModel(MODEL);
  await CancellationScope.withTimeout('5 minutes', () => condition(approved));
}

/** A reminder is a timer that goes off while the agent waits. */
export async function reminds(): Promise<void> {
  const approved = approval();
  await callModel(MODEL);
  while (!approved()) {
    const reminder = sleep('5 minutes');
    await Promise.race([condition(approved), reminder]);
  }
}

/** The timer that would have ended the wait is cancelled. */
export async function cancelsItsTimer(): Promise<void> {
  const approved = approval();
  await callModel(MODEL);
  const scope = new CancellationScope();
  const timer = scope.run(() => sleep('5 minutes')).catch(() => undefined);
  await search('birds');
  scope.cancel();
  await timer;
  await condition(approved);
}

/** Something is always under way. */
export async function works(): Promise<void> {
  await callModel(MODEL);
  await Promise.all([search('birds'), callModel(MODEL), sleep(50)]);
  await executeChild(helper, { workflowId: `${workflowInfo().workflowId}-helper` });
  const handle = await startChild(waits, { args: [0], workflowId: `${workflowInfo().workflowId}-other` });
  await getExternalWorkflowHandle(handle.workflowId).signal(approve);
  await handle.result();
  await getExternalWorkflowHandle(handle.workflowId)
    .cancel()
    .catch(() => undefined);
}

export async function helper(): Promise<void> {
  await sleep(50);
}

/** Messages are worked off while the agent waits with a deadline. */
export async function converses(): Promise<void> {
  const approved = approval();
  let open = 0;
  setHandler(steer, async (direction) => {
    open++;
    await callModel(MODEL);
    await search(direction);
    open--;
    return direction;
  });
  await callModel(MODEL);
  await condition(() => approved() && open === 0, '5 minutes');
}
