import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  executeChild,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';

const { callModel, search, readPage, slow, fail } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 2 },
});
const { waitForCancellation } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '5 seconds',
});
const { search: localSearch, callModel: localModel } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10 seconds',
});

const MODEL = 'gpt-5.1';

export const addNote = defineSignal<[string]>('addNote');
export const finish = defineSignal('finish');
export const progress = defineQuery<number>('progress');
export const steer = defineUpdate<string, [string]>('steer');

export async function sequentialLoop(turns: number): Promise<number> {
  let tokens = 0;
  for (let turn = 0; turn < turns; turn++) {
    const response = await callModel({ model: MODEL, turn });
    tokens += response.usage.total_tokens;
    await search(`turn ${turn}`);
  }
  return tokens;
}

export async function fanOutRacingTimer(width: number): Promise<string[]> {
  const results = await Promise.race([
    Promise.all(Array.from({ length: width }, (_, i) => (i % 2 === 0 ? search(`q${i}`) : readPage(`u${i}`)))),
    sleep('30 seconds').then(() => ['too late']),
  ]);
  const order: string[] = [];
  await Promise.all([
    slow(50).then(() => order.push('activity')),
    sleep(500).then(() => order.push('timer')),
    callModel({ model: MODEL, turn: 1 }).then(() => order.push('model')),
  ]);
  return [...results, ...order.sort()];
}

export async function parent(children: number): Promise<number> {
  await callModel({ model: MODEL, turn: 0 });
  const results = await Promise.all(
    Array.from({ length: children }, (_, i) =>
      executeChild(sequentialLoop, { args: [1], workflowId: `${workflowInfo().workflowId}-child-${i}` }),
    ),
  );
  await search('after children');
  return results.reduce((sum, tokens) => sum + tokens, 0);
}

export async function longRunner(runs: number, turns: number): Promise<string> {
  for (let turn = 0; turn < turns; turn++) await callModel({ model: MODEL, turn });
  await search('before the next run');
  if (runs > 1) await continueAsNew<typeof longRunner>(runs - 1, turns);
  return 'done';
}

export async function handlers(): Promise<string[]> {
  const notes: string[] = [];
  let done = false;
  setHandler(progress, () => notes.length);
  setHandler(addNote, async (note) => {
    notes.push(await search(note));
  });
  setHandler(
    steer,
    async (direction) => {
      await callModel({ model: MODEL, turn: notes.length });
      notes.push(direction);
      return `steered ${direction}`;
    },
    {
      validator: (direction) => {
        if (direction === '') throw new Error('direction is empty');
      },
    },
  );
  setHandler(finish, () => {
    done = true;
  });
  await callModel({ model: MODEL, turn: 0 });
  await condition(() => done);
  await condition(allHandlersFinished);
  return notes.sort();
}

/** The update handler goes on after the main function has returned. */
export async function handlerOutlivesMain(): Promise<string> {
  let asked = false;
  setHandler(steer, async (direction) => {
    asked = true;
    await search(direction);
    return direction;
  });
  await callModel({ model: MODEL, turn: 0 });
  await condition(() => asked);
  return 'main is over';
}

export async function cancelled(): Promise<string> {
  await callModel({ model: MODEL, turn: 0 });
  try {
    await waitForCancellation();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => search('clean up'));
    throw error;
  }
  return 'not reached';
}

export async function cancelledScope(): Promise<string> {
  await callModel({ model: MODEL, turn: 0 });
  const scope = new CancellationScope();
  const running = scope.run(() => waitForCancellation());
  await sleep(200);
  scope.cancel();
  try {
    await running;
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  // Scheduled in a scope that is cancelled already: no command follows.
  await scope.run(() => search('never sent')).catch(() => undefined);
  await readPage('after');
  return 'done';
}

export async function failing(): Promise<never> {
  await callModel({ model: MODEL, turn: 0 });
  return await fail('the tool is broken');
}

export async function toleratesFailure(): Promise<string> {
  await callModel({ model: MODEL, turn: 0 });
  try {
    await fail('the tool is broken');
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    await search('something else');
  }
  return 'recovered';
}

/** The rejection is never handled, so Temporal fails the run with it, or not, and so it must be with us. */
export async function unawaitedFailure(): Promise<string> {
  await callModel({ model: MODEL, turn: 0 });
  void fail('nobody waits for this');
  await sleep(500);
  await search('later');
  return 'went on';
}

/** A stack trace asked for meanwhile shows the promises of the user and none of ours. */
export async function unawaitedPending(): Promise<string> {
  let done = false;
  setHandler(finish, () => {
    done = true;
  });
  await callModel({ model: MODEL, turn: 0 });
  // Until the worker shuts down, however long the stack trace takes on a busy machine.
  void slow(30_000);
  await condition(() => done);
  return 'done';
}

export async function manyAtOnce(count: number): Promise<number> {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => search(`q${i}`)));
  await callModel({ model: MODEL, turn: count });
  return results.length;
}

export async function localActivities(): Promise<number> {
  let tokens = 0;
  for (let turn = 0; turn < 3; turn++) {
    const response = await localModel({ model: MODEL, turn });
    tokens += response.usage.total_tokens;
    await localSearch(`local ${turn}`);
    await readPage(`remote ${turn}`);
  }
  return tokens;
}

/** A workflow task fails until a second after the start by the real clock, and is retried: a bug that goes away. */
export async function failedTask(): Promise<string> {
  await callModel({ model: MODEL, turn: 0 });
  const { unsafe, startTime } = workflowInfo();
  if (!unsafe.isReplaying && unsafe.now() < startTime.getTime() + 1_000) throw new Error('too early');
  await search('after the retry');
  return 'done';
}

export async function leavesChildBehind(): Promise<string> {
  const child = await startChild(sequentialLoop, {
    args: [1],
    workflowId: `${workflowInfo().workflowId}-left`,
    parentClosePolicy: 'ABANDON',
  });
  await callModel({ model: MODEL, turn: 0 });
  return child.workflowId.length > 0 ? 'done' : '';
}

export async function pureWait(): Promise<string> {
  let done = false;
  setHandler(finish, () => {
    done = true;
  });
  await condition(() => done);
  return 'done';
}
