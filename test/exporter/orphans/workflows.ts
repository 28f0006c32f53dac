import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { activities } from './support';

const { search } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export const end = defineSignal<[how: 'complete' | 'fail' | 'continue-as-new']>('end');

async function untilTold(): Promise<'complete' | 'continue-as-new'> {
  let how: 'complete' | 'fail' | 'continue-as-new' | undefined;
  setHandler(end, (told) => {
    how = told;
  });
  await condition(() => how !== undefined);
  if (how === 'fail') throw ApplicationFailure.retryable('told to fail');
  return how ?? 'complete';
}

/** An agent: its first tool call makes it one. */
export async function subAgent(): Promise<void> {
  await search('durable execution');
  if ((await untilTold()) === 'continue-as-new') await continueAsNew<typeof subAgent>();
}

/** An agent with a child of its own, which outlives it. */
export async function middleAgent(): Promise<void> {
  await search('durable execution');
  await startAbandoned(subAgent);
  await untilTold();
}

type What = 'with a child' | 'with a child later' | 'with a middle agent' | 'without';

/** Has a child in its first run, or in the next one, and in its first attempt alone. */
export async function parent(what: What = 'with a child'): Promise<void> {
  if (what === 'with a child later') await continueAsNew<typeof parent>('with a child');
  if (what !== 'without' && workflowInfo().attempt === 1) {
    await startAbandoned(what === 'with a child' ? subAgent : middleAgent);
  }
  if ((await untilTold()) === 'continue-as-new') await continueAsNew<typeof parent>('without');
}

/** Its child ends with it. */
export async function parentOfTerminated(): Promise<void> {
  await startChild(subAgent, { workflowId: childId(), parentClosePolicy: ParentClosePolicy.TERMINATE });
  await untilTold();
}

async function startAbandoned(child: typeof subAgent): Promise<void> {
  await startChild(child, { workflowId: childId(), parentClosePolicy: ParentClosePolicy.ABANDON });
}

function childId(): string {
  return `${workflowInfo().workflowId}/child`;
}
