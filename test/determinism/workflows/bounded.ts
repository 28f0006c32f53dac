import { ApplicationFailure } from '@temporalio/common';
import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import { AGENT_BUDGET_EXCEEDED, type AgentBudgetOptions, agentBudget } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

const { callModel, search } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

/** Each decision of a budget is a command, or a missing one, in its histories. */
export async function bounded(options: AgentBudgetOptions): Promise<string> {
  const budget = agentBudget(options);
  try {
    for (;;) {
      budget.next();
      const response = await callModel({ model: 'gpt-5-mini', turn: budget.iterationsLeft });
      budget.spend(response);
      if ((budget.tokensLeft ?? 0) > 200) await search('what is left');
      if (budget.shouldContinueAsNew()) await continueAsNew<typeof bounded>(budget.left());
    }
  } catch (error) {
    if (error instanceof ApplicationFailure && error.type === AGENT_BUDGET_EXCEEDED) return error.message;
    throw error;
  }
}
