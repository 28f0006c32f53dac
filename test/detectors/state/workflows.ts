import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { allow, type FindingId, setAgentTask } from 'temporal-agent-observability/workflow';
import type { Activities } from './activities';

const { callModel, search } = proxyActivities<Activities>({
  startToCloseTimeout: '10 seconds',
  heartbeatTimeout: '10 seconds',
  retry: { maximumAttempts: 2 },
});

const model = 'gpt-4o-mini';

export interface Plan {
  readonly calls: number;
  /** Characters of each call's own prompt. */
  readonly chars?: number;
  /** Tool calls after each model call. */
  readonly tools?: number;
  readonly taskType?: string;
  readonly allow?: readonly FindingId[];
  /** Continues as new when Temporal suggests it. */
  readonly follows?: boolean;
}

/** Calls the model again and again, each time with a prompt that stands alone. */
export async function agent(plan: Plan): Promise<number> {
  const { calls, chars = 10, tools = 0, taskType, follows = false } = plan;
  setAgentTask({ taskType });
  for (const finding of plan.allow ?? []) allow(finding, 'the test says so');
  for (let call = 1; call <= calls; call++) {
    await callModel({ model, messages: [{ role: 'user', content: 'x'.repeat(chars) }] });
    for (let tool = 0; tool < tools; tool++) await search('cats');
    const suggested = workflowInfo().continueAsNewSuggested;
    if (follows && suggested && call < calls) await continueAsNew<typeof agent>({ ...plan, calls: calls - call });
  }
  return calls;
}

/** A task that is continued in runs of so many calls. */
export async function inRuns(runs: number, calls: number, allowed: readonly FindingId[] = []): Promise<void> {
  for (const finding of allowed) allow(finding, 'the test says so');
  for (let call = 0; call < calls; call++) await callModel({ model, prompt: 'go on' });
  if (runs > 1) await continueAsNew<typeof inRuns>(runs - 1, calls);
}

export interface Chat {
  readonly calls: number;
  /** Characters of each message. */
  readonly chars: number;
  /** Messages are built anew for each call, as frameworks do. */
  readonly rebuilt?: boolean;
  /** Conversations that take turns. */
  readonly conversations?: number;
}

/** Sends the whole conversation with each call. */
export async function chat({ calls, chars, rebuilt = false, conversations = 1 }: Chat): Promise<void> {
  const chats = Array.from({ length: conversations }, (_, index) => [{ role: 'system', content: `You are ${index}.` }]);
  for (let call = 0; call < calls; call++) {
    const messages = chats[call % conversations] ?? [];
    messages.push({ role: 'user', content: `${call} ${'x'.repeat(chars)}` });
    await callModel({ model, messages: rebuilt ? messages.map((message) => ({ ...message })) : messages });
  }
}

/** Many pieces of work at once. */
export async function fanOut(count: number, chars: number): Promise<void> {
  await callModel({ model, prompt: 'plan' });
  await Promise.all(Array.from({ length: count }, () => search('x'.repeat(chars))));
}

export async function toolsOnly(calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) await search('cats');
}
