import { continueAsNew, proxyActivities } from '@temporalio/workflow';
import type OpenAI from 'openai';
import { type AgentBudgetOptions, agentBudget } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';
import { TOOLS } from '../tools';

const { complete, search } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

interface Progress {
  readonly messages: OpenAI.ChatCompletionMessageParam[];
  readonly budget: AgentBudgetOptions;
}

/** FIXED: a budget bounds the loop, its last turn has to answer with what is there; history never grows far. */
export async function research(question: string, progress?: Progress): Promise<string> {
  const budget = agentBudget({ maxIterations: 6, maxTokens: 3_000, ...progress?.budget });
  const messages: OpenAI.ChatCompletionMessageParam[] = progress?.messages ?? [{ role: 'user', content: question }];
  for (;;) {
    budget.next();
    const completion = await complete({ messages, tools: budget.iterationsLeft > 0 ? TOOLS : [] });
    budget.spend(completion);
    const message = completion.choices[0]?.message;
    if (!message?.tool_calls?.length) return message?.content ?? '';
    messages.push(message);
    for (const call of message.tool_calls) {
      messages.push({ role: 'tool', tool_call_id: call.id, content: await search(question) });
    }
    if (budget.shouldContinueAsNew()) {
      return continueAsNew<typeof research>(question, { messages: messages.slice(-20), budget: budget.left() });
    }
  }
}
