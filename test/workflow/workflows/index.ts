import {
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  log,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { setAgentTask } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

const { callModel, invokeModel, search, readPage, whoami, ...tools } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
});
const local = proxyLocalActivities<Activities>({ startToCloseTimeout: '10 seconds' });

const MODEL = 'gpt-4o-mini';

export const go = defineSignal('go');

/** Runs a list of steps, so that a test can say what an agent does. */
export async function steps(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (name === 'model') await callModel(MODEL);
    else if (name === 'local model') await local.callModel(MODEL);
    else if (name === 'local search') await local.search('birds');
    else if (name === 'invokeModel') await invokeModel({ modelId: MODEL });
    else if (name === 'mcp') await tools['wiki-callTool']({ toolName: 'lookup' });
    else if (name === 'read') await readPage();
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

/** Has called a model, and waits. */
export async function waiting(): Promise<void> {
  let gone = false;
  setHandler(go, () => {
    gone = true;
  });
  await callModel(MODEL);
  await search('birds');
  await condition(() => gone);
}
