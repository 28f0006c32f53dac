import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { type AgentBudgetOptions, agentBudget } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

const { callModel } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute', retry: { maximumAttempts: 3 } });

/** Has its answer after that many turns, each of which costs 25 tokens. */
export async function agent(turns: number, options: Partial<AgentBudgetOptions>): Promise<unknown> {
  const budget = agentBudget({ maxIterations: 40, ...options });
  for (;;) {
    budget.next();
    budget.spend(await callModel('gpt-4o-mini'));
    const isDone = budget.left().used.iterations >= turns;
    if (isDone) return { left: budget.left(), iterations: budget.iterationsLeft, tokens: budget.tokensLeft };
    if (budget.shouldContinueAsNew()) return continueAsNew<typeof agent>(turns, budget.left());
  }
}

/** Calls whose tokens nobody tells, and a model that never comes to an end. */
export async function unmetered(options: AgentBudgetOptions): Promise<void> {
  const budget = agentBudget(options);
  for (;;) {
    budget.next();
    const { usage: _, ...response } = await callModel('gpt-4o-mini');
    budget.spend(response);
  }
}

/** Works with tasks of its own until Temporal has suggested to continue as new. */
export async function untilSuggested(options: AgentBudgetOptions): Promise<unknown> {
  const budget = agentBudget(options);
  budget.next();
  const before = budget.shouldContinueAsNew();
  while (!workflowInfo().continueAsNewSuggested) await callModel('gpt-4o-mini');
  return { before, after: budget.shouldContinueAsNew() };
}

/** How an agent ends that would rather say something than fail. */
export async function catching(): Promise<string> {
  const budget = agentBudget({ maxIterations: 1 });
  budget.next();
  await callModel('gpt-4o-mini');
  try {
    budget.next();
  } catch (error) {
    return (error as { readonly type?: string }).type ?? '';
  }
  return 'went on';
}
