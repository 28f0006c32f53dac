import {
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from './activities';

/** Short, since a killed worker's activities are tried again only when their time is up. */
const { callModel, search, readPage } = proxyActivities<Activities>({
  startToCloseTimeout: '2 seconds',
  retry: { initialInterval: '100 milliseconds', backoffCoefficient: 1 },
});

const MODEL = 'gpt-5.1';

export const proceed = defineSignal('proceed');

/** A model call and a tool call a turn. */
export async function agent(turns: number): Promise<number> {
  let tokens = 0;
  for (let turn = 1; turn <= turns; turn++) {
    const response = await callModel({ model: MODEL, turn });
    tokens += response.usage.total_tokens;
    await search(`turn ${turn}`);
  }
  return tokens;
}

/** Turns, a large page and a next run in between. */
export async function longAgent(turns: number, runs: number): Promise<void> {
  await agent(turns);
  await readPage(200_000);
  await callModel({ model: MODEL, turn: 0 });
  if (runs > 1) await continueAsNew<typeof longAgent>(turns, runs - 1);
}

/** Waits after its first turn until told to go on. */
export async function waitingAgent(): Promise<void> {
  let signalled = false;
  setHandler(proceed, () => {
    signalled = true;
  });
  await agent(1);
  await condition(() => signalled);
  await agent(1);
}

/** Begins anew with every signal, for ever. */
export async function entityAgent(): Promise<void> {
  let signalled = false;
  setHandler(proceed, () => {
    signalled = true;
  });
  await agent(1);
  await condition(() => signalled);
  await continueAsNew<typeof entityAgent>();
}

/** Children with ids that follow from its own, then once more itself. */
export async function familyAgent(children: number, runs: number): Promise<void> {
  const { workflowId } = workflowInfo();
  for (let child = 0; child < children; child++) {
    await executeChild(agent, { args: [1], workflowId: `${workflowId}-run-${runs}-child-${child}` });
  }
  if (runs > 1) await continueAsNew<typeof familyAgent>(children, runs - 1);
}
