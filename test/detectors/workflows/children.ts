import {
  ApplicationFailure,
  CancellationScope,
  type ChildWorkflowOptions,
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { allow } from 'temporal-agent-observability/workflow';
import type { Activities } from '../../plugin/activities';

const { callModel } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 3 } });

export const finish = defineSignal('finish');

const MODEL = { model: 'gpt-4o-mini', prompt: 'birds' };

/** Open until it is told to finish. */
export async function worker(): Promise<string> {
  let done = false;
  setHandler(finish, () => {
    done = true;
  });
  await condition(() => done, '5 minutes');
  return 'finished';
}

/** The options name a task type for it. */
export const researcher = worker;

type Policy = Pick<ChildWorkflowOptions, 'parentClosePolicy' | 'cancellationType'>;

function start(type: string, options: Policy, suffix = '') {
  return startChild(type, { ...options, workflowId: `${workflowInfo().workflowId}-child${suffix}`, args: [] });
}

/** An agent that returns as soon as its children run. */
export async function leaves(options: Policy, ...types: readonly string[]): Promise<void> {
  await callModel(MODEL);
  let started = 0;
  for (const type of types) await start(type, options, `-${started++}`);
}

/** Not an agent. */
export async function leavesWithoutModel(options: Policy, type: string): Promise<void> {
  await start(type, options);
}

/** Shows only later that it is an agent. */
export async function leavesBeforeModel(options: Policy): Promise<void> {
  await start('worker', options);
  await callModel(MODEL);
}

export async function leavesAllowed(options: Policy): Promise<void> {
  allow('child-abandoned', 'the audit must outlive the agent');
  await leaves(options, 'worker');
}

export async function awaits(options: Policy): Promise<void> {
  await callModel(MODEL);
  const child = await start('worker', options);
  await child.signal(finish);
  await child.result();
}

export async function leavesUnconfirmed(options: Policy): Promise<void> {
  await callModel(MODEL);
  void start('worker', options);
}

export async function fails(options: Policy): Promise<void> {
  await leaves(options, 'worker');
  throw ApplicationFailure.nonRetryable('out of ideas');
}

export async function isCancelled(options: Policy): Promise<void> {
  await leaves(options, 'worker');
  await sleep('5 minutes');
}

export async function continues(options: Policy, runs = 2): Promise<void> {
  if (runs === 1) return;
  await leaves(options, 'worker');
  await continueAsNew<typeof continues>(options, runs - 1);
}

/** Cancels its child and waits for what comes of it. */
export async function cancels(options: Policy): Promise<void> {
  await callModel(MODEL);
  const scope = new CancellationScope();
  const child = await scope.run(() => start('worker', options));
  scope.cancel();
  await child.result().catch(() => undefined);
}

/** Started in a scope that is cancelled already, a child is never asked for. */
export async function neverStarts(options: Policy): Promise<void> {
  await callModel(MODEL);
  const scope = new CancellationScope();
  scope.cancel();
  await scope.run(() => start('worker', options)).catch(() => undefined);
}

/** Cancelled before the server heard of it. */
export async function takesBack(options: Policy): Promise<void> {
  await callModel(MODEL);
  const scope = new CancellationScope();
  const child = scope.run(() => start('worker', options)).catch(() => undefined);
  scope.cancel();
  await child;
}

/** The second start of the same id is refused. */
export async function startsTwice(options: Policy): Promise<void> {
  await callModel(MODEL);
  const child = await start('worker', options);
  await start('worker', options).catch(() => undefined);
  await child.signal(finish);
  await child.result();
}

/** Its workflow task fails for a second. */
export async function stumbles(options: Policy): Promise<void> {
  await callModel(MODEL);
  const child = await start('worker', options);
  const { unsafe, startTime } = workflowInfo();
  if (!unsafe.isReplaying && unsafe.now() < startTime.getTime() + 1_000) throw new Error('too early');
  await child.signal(finish);
  await child.result();
}
