import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import {
  type ApprovalReport,
  type RequestApprovalOptions,
  reportApproval,
  requestApproval,
} from 'temporal-agent-observability/workflow';
import type { Activities } from '../../plugin/activities';

const { callModel } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 3 },
});

/** How a request ended, as JSON. */
async function ended(options: RequestApprovalOptions): Promise<unknown> {
  try {
    const { id, approved, outcome, actor, note, decidedAt, changes } = await requestApproval(options);
    return { id, approved, outcome, actor, note, decidedAt: decidedAt.toISOString(), changes };
  } catch (error) {
    if (isCancellation(error)) return 'cancelled';
    const { type, message, nonRetryable } = error as { type?: string; message: string; nonRetryable?: boolean };
    return { type, message, nonRetryable };
  }
}

/** All at once. */
export async function asks(...all: RequestApprovalOptions[]): Promise<unknown> {
  return await Promise.all(all.map(ended));
}

/** One after the other. */
export async function asksInTurn(...all: RequestApprovalOptions[]): Promise<unknown> {
  const outcomes: unknown[] = [];
  for (const options of all) outcomes.push(await ended(options));
  return outcomes;
}

/** Lets what is wrong with it end the run. */
export async function asksOrFails(options: RequestApprovalOptions): Promise<unknown> {
  return (await requestApproval(options)).outcome;
}

export async function callsModelAndAsks(options: RequestApprovalOptions): Promise<unknown> {
  await callModel({ model: 'gpt-4o-mini', prompt: 'plan' });
  return await ended(options);
}

const proceed = defineSignal('proceed');

/** Gives one of two up when told to, and asks for it again. */
export async function givesUp(first: RequestApprovalOptions, other: RequestApprovalOptions): Promise<unknown> {
  let told = false;
  setHandler(proceed, () => {
    told = true;
  });
  const scope = new CancellationScope();
  const asked = scope.run(() => ended(first));
  const beside = ended(other);
  await condition(() => told);
  scope.cancel();
  return [await asked, await ended(first), await beside];
}

/** Asks for all in every run, and continues as new without a look at what became of them, until the last run. */
export async function acrossRuns(run: number, runs: number, ...all: RequestApprovalOptions[]): Promise<unknown> {
  let told = run > 1 && runs > 2;
  setHandler(proceed, () => {
    told = true;
  });
  const asked = all.map(ended);
  if (run < runs) {
    await condition(() => told);
    await continueAsNew<typeof acrossRuns>(run + 1, runs, ...all);
  }
  return await Promise.all(asked);
}

/** Asks for one thing in each run. */
export async function asksForOneInEachRun(
  first: RequestApprovalOptions,
  ...rest: RequestApprovalOptions[]
): Promise<unknown> {
  const outcome = await ended(first);
  const [next, ...others] = rest;
  if (next !== undefined) await continueAsNew<typeof asksForOneInEachRun>(next, ...others);
  return outcome;
}

/** Asks for the first in the first run, and for all in the second when it is told to. */
export async function asksLaterInNextRun(run: number, ...all: RequestApprovalOptions[]): Promise<unknown> {
  let told = false;
  setHandler(proceed, () => {
    told = true;
  });
  if (run === 1) for (const options of all.slice(0, 1)) void ended(options);
  await condition(() => told);
  if (run === 1) await continueAsNew<typeof asksLaterInNextRun>(2, ...all);
  return await Promise.all(all.map(ended));
}

const report = defineSignal<[ApprovalReport]>('report');

/** Reports what it is told to. */
export async function reports(): Promise<void> {
  let told = false;
  setHandler(proceed, () => {
    told = true;
  });
  setHandler(report, (state) => reportApproval(state));
  await condition(() => told, '1 hour');
  await condition(allHandlersFinished);
}

/** Gives up when told to, and asks again when told to. */
export async function givesUpAndWaits(options: RequestApprovalOptions): Promise<unknown> {
  let told = 0;
  setHandler(proceed, () => {
    told++;
  });
  const scope = new CancellationScope();
  const asked = scope.run(() => ended(options));
  await condition(() => told > 0);
  scope.cancel();
  const first = await asked;
  await condition(() => told > 1);
  return [first, await ended(options)];
}

export async function asksInCancelledScope(options: RequestApprovalOptions): Promise<unknown> {
  const scope = new CancellationScope();
  scope.cancel();
  return await scope.run(() => ended(options));
}

/** Gives up in the first run when told to, and asks again in the second. */
export async function givesUpAndContinues(run: number, options: RequestApprovalOptions): Promise<unknown> {
  if (run > 1) return await ended(options);
  let told = false;
  setHandler(proceed, () => {
    told = true;
  });
  const scope = new CancellationScope();
  const asked = scope.run(() => ended(options));
  await condition(() => told);
  scope.cancel();
  await asked;
  return await continueAsNew<typeof givesUpAndContinues>(2, options);
}

/** Has an approval of its own, without a deadline. */
export async function callsModelAndReports(): Promise<void> {
  let told = false;
  setHandler(proceed, () => {
    told = true;
  });
  await callModel({ model: 'gpt-4o-mini', prompt: 'plan' });
  reportApproval({ id: 'hand-made', state: 'submitted' });
  await condition(() => told);
}

export async function reportsMany(count: number): Promise<unknown> {
  for (let i = 0; i < count; i++) reportApproval({ id: `own-${i}`, state: 'submitted' });
  return await ended({ id: 'requested', timeout: '1 hour' });
}
