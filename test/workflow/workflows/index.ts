import {
  continueAsNew,
  executeChild,
  log,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import { setAgentTask } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

const remote = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });
const { callModel, search, whoami } = remote;
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '10 seconds' });

const MODEL = 'gpt-4o-mini';

/** Runs a list of steps, so that a test can say what an agent does. */
export async function steps(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (name === 'model') await callModel(MODEL);
    else if (name === 'local model') await local.callModel(MODEL);
    else if (name === 'local search') await local.search('birds');
    else if (name === 'invokeModel') await remote.invokeModel({ modelId: MODEL });
    else if (name === 'mcp') await remote['wiki-callTool']({ toolName: 'lookup' });
    else if (name === 'read') await remote.readPage();
    else await search('birds');
  }
}

/** Names its task when it has begun. */
export async function naming(taskType: string, taskId: string) {
  const before = await whoami();
  setAgentTask({ taskType, taskId });
  const after = await whoami();
  setAgentTask({ sessionId: 'named-session', taskId: '' });
  return { before, after, last: await whoami() };
}

/** Two turns a run. */
export async function longRunner(runs: number): Promise<unknown> {
  if (runs > 1) {
    await callModel(MODEL);
    await search('birds');
    await callModel(MODEL);
    await continueAsNew<typeof longRunner>(runs - 1);
  }
  return whoami();
}

export async function parent() {
  await callModel(MODEL);
  return executeChild(child, { workflowId: `${workflowInfo().workflowId}-child` });
}

export async function child() {
  return whoami();
}

export async function logging(): Promise<void> {
  log.info('begun');
  await callModel(MODEL);
  log.info('called', { taskId: 'own value', more: 1 });
  await search('birds');
}

/** Breaks what the observer needs to write its values. */
export async function sabotaged(): Promise<string> {
  const RealDate = Date;
  const fail = () => {
    throw new Error('no dates here');
  };
  globalThis.Date = new Proxy(RealDate, { construct: fail });
  try {
    await search('birds');
    await search('bees');
  } finally {
    globalThis.Date = RealDate;
  }
  return 'done';
}

/** Options that throw once the SDK has read them, which is when a detector looks. */
export async function armedOptions(): Promise<string> {
  let armed = false;
  const retry = {
    get maximumAttempts(): number {
      if (armed) throw new Error('these options are armed');
      return 1;
    },
  };
  const activities = proxyActivities<{ callModel(model: string): Promise<unknown> }>({
    startToCloseTimeout: '1 minute',
    retry,
  });
  // Names no model, so that only the result shows what it calls, and its options are looked at then.
  const call = activities.callModel('house-model');
  armed = true;
  await call;
  return 'done';
}
