import { ApplicationFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import { AGENT_BUDGET_EXCEEDED } from '../definitions/wire';
import { type AgentBudgetOptions, type AgentBudgetUse, checkBudgetOptions } from './agent-budget-options';
import { spentTokens } from './spent-tokens';

/** Bounds the loop of an agent; see {@link agentBudget}. */
export interface AgentBudget {
  /**
   * Begins an iteration. Call it first in the loop, before the model is called.
   *
   * @throws ApplicationFailure of type {@link AGENT_BUDGET_EXCEEDED}, not retryable, and counts nothing, when
   *   `maxIterations` iterations were begun before or `maxTokens` tokens are spent. Its message has the figures, and
   *   its only detail is what `left()` returns.
   */
  next(): void;
  /**
   * Counts the tokens of a model call. Never throws: they are paid for, and what they bought may be the answer.
   *
   * @param tokens - A number of tokens, of which fractions are rounded up; or the response of a model; or its usage.
   *   Understood are OpenAI (chat completions, Responses), Anthropic, the AI SDK and what spells its counts as they do:
   *   the total that is reported, else input, cache and output together. What has no such count, and what is negative
   *   or not finite, is unknown and counts nothing.
   */
  spend(tokens: number | object | null | undefined): void;
  /**
   * Whether it is time to continue as new: when Temporal suggests it, and when this run has begun `continueAsNewAt`
   * iterations and there is something left to continue with. Ask once in each turn, where nothing is pending.
   */
  shouldContinueAsNew(): boolean;
  /**
   * What is left of it: the options of this budget with what is used of them, for the input of the next run. The caps
   * stay as they are, those of the whole task.
   */
  left(): AgentBudgetOptions & { readonly used: AgentBudgetUse };
  /** Iterations that can still begin; 0 during the last one, which is where an agent is better given no more tools. */
  readonly iterationsLeft: number;
  /** Tokens that can still be spent, as far as they are known, and at least 0; `undefined` without a cap on tokens. */
  readonly tokensLeft: number | undefined;
}

/**
 * A budget for the loop of an agent, in iterations and in tokens. A task that passes it ends in a clear failure, before
 * the next call to a model is made; and it says when to continue as new, with what is left carried on.
 *
 * Create it in the workflow function, once a run. It is made of the workflow's own calls and of what Temporal says in
 * `workflowInfo()`: no clock, nothing in history, and the same with and without the plugin. Tokens are known when a call
 * is over, so that the last call, or calls that run at once, can pass `maxTokens`; only the next iteration is refused.
 * Like any workflow code, caps in code are part of what a run replays: to change them while runs are open, take them
 * from the input, or guard the change with `patched`.
 *
 * @param options - The caps, and in a run that was continued what earlier runs used of them. Spread the input over your
 *   own caps, as below, and a client can start a task with others.
 * @throws ApplicationFailure of type {@link AGENT_BUDGET_INVALID}, not retryable, that names option, expectation and
 *   value, for bad options. It fails the run at once: a TypeError in workflow code would fail its task again and again.
 *
 * @example
 * ```ts
 * export async function agent(input: { messages: Message[]; budget?: AgentBudgetOptions }): Promise<string> {
 *   const budget = agentBudget({ maxIterations: 40, maxTokens: 500_000, ...input.budget });
 *   const messages = [...input.messages];
 *   for (;;) {
 *     budget.next();
 *     const response = await callModel(messages);
 *     budget.spend(response);
 *     if (isAnswer(response)) return textOf(response);
 *     messages.push(...(await callTools(response)));
 *     if (budget.shouldContinueAsNew()) return continueAsNew<typeof agent>({ messages, budget: budget.left() });
 *   }
 * }
 * ```
 */
export function agentBudget(options: AgentBudgetOptions): AgentBudget {
  checkBudgetOptions(options);
  return new Budget({ ...options });
}

/** Frozen, as its tokens are: what it says decides which commands come next, in open runs too. */
class Budget implements AgentBudget {
  private iterations: number;
  private iterationsThisRun = 0;
  private tokens: number | undefined;

  constructor(private readonly options: AgentBudgetOptions) {
    this.iterations = options.used?.iterations ?? 0;
    this.tokens = options.used?.tokens;
  }

  next(): void {
    if (this.isUsedUp()) {
      throw ApplicationFailure.create({
        type: AGENT_BUDGET_EXCEEDED,
        message: `Agent budget exceeded: ${this.figures()}`,
        nonRetryable: true,
        details: [this.left()],
      });
    }
    this.iterations++;
    this.iterationsThisRun++;
  }

  spend(spent: number | object | null | undefined): void {
    const tokens = spentTokens(spent);
    // A larger sum would not come back as a whole number from JSON.
    if (tokens !== undefined) this.tokens = Math.min((this.tokens ?? 0) + tokens, Number.MAX_SAFE_INTEGER);
  }

  shouldContinueAsNew(): boolean {
    if (workflowInfo().continueAsNewSuggested) return true;
    const { continueAsNewAt } = this.options;
    // With nothing left the next run could only fail, far from the history that tells why.
    return continueAsNewAt !== undefined && this.iterationsThisRun >= continueAsNewAt && !this.isUsedUp();
  }

  left(): AgentBudgetOptions & { readonly used: AgentBudgetUse } {
    const { maxIterations, maxTokens, continueAsNewAt } = this.options;
    return {
      maxIterations,
      ...(maxTokens !== undefined && { maxTokens }),
      ...(continueAsNewAt !== undefined && { continueAsNewAt }),
      used: { iterations: this.iterations, ...(this.tokens !== undefined && { tokens: this.tokens }) },
    };
  }

  get iterationsLeft(): number {
    return Math.max(0, this.options.maxIterations - this.iterations);
  }

  get tokensLeft(): number | undefined {
    const { maxTokens } = this.options;
    return maxTokens === undefined ? undefined : Math.max(0, maxTokens - (this.tokens ?? 0));
  }

  private isUsedUp(): boolean {
    return this.iterationsLeft === 0 || this.tokensLeft === 0;
  }

  private figures(): string {
    const { maxIterations, maxTokens } = this.options;
    const iterations = `${this.iterations} of ${maxIterations} iterations`;
    const ofTokens = maxTokens === undefined ? '' : ` of ${maxTokens}`;
    if (this.tokens !== undefined) return `${iterations} and ${this.tokens}${ofTokens} tokens are used`;
    return `${iterations} are used${maxTokens === undefined ? '' : `, and an unknown number of ${maxTokens} tokens`}`;
  }
}
