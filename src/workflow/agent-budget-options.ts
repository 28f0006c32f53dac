import { ApplicationFailure } from '@temporalio/common';
import { integer, known, object } from '../definitions/option-checks';
import { AGENT_BUDGET_INVALID } from '../definitions/wire';

/** What is used of a budget. Plain JSON. */
export interface AgentBudgetUse {
  /** Iterations that were begun. */
  readonly iterations: number;
  /** Tokens that are known to be spent; absent as long as no number of tokens is known. */
  readonly tokens?: number | undefined;
}

/** Options of `agentBudget`. Plain JSON, so that they can be part of a workflow's input. */
export interface AgentBudgetOptions {
  /** Iterations, which is turns of the agent's loop, that the whole task may begin. A whole number. */
  readonly maxIterations: number;
  /** Tokens that the whole task may spend. A whole number. Default: no cap on tokens. */
  readonly maxTokens?: number | undefined;
  /**
   * Iterations in one run after which to continue as new. A whole number of at least 1. Default: only when Temporal
   * suggests it. Worth setting where a run should be short for another reason than its history, such as to get onto new
   * code in time.
   */
  readonly continueAsNewAt?: number | undefined;
  /** What the task has used of it in earlier runs, as `left()` gives it. Default: nothing. */
  readonly used?: AgentBudgetUse | undefined;
}

/**
 * An error of another kind would fail the workflow task, and again for ever: what came with the input of a run no
 * deploy can mend.
 */
export function checkBudgetOptions(options: AgentBudgetOptions): void {
  try {
    // What `left()` returns passes here in runs of older and newer releases alike: what is added to it later goes into
    // `used`, whose keys are not checked.
    known('agentBudget', options, ['maxIterations', 'maxTokens', 'continueAsNewAt', 'used']);
    const { maxIterations, maxTokens, continueAsNewAt, used } = options;
    integer('agentBudget: maxIterations', maxIterations, { min: 0 });
    if (maxTokens !== undefined) integer('agentBudget: maxTokens', maxTokens, { min: 0 });
    if (continueAsNewAt !== undefined) integer('agentBudget: continueAsNewAt', continueAsNewAt, { min: 1 });
    if (used === undefined) return;
    object('agentBudget: used', used, 'an object');
    integer('agentBudget: used.iterations', used.iterations, { min: 0 });
    if (used.tokens !== undefined) integer('agentBudget: used.tokens', used.tokens, { min: 0 });
  } catch (error) {
    throw ApplicationFailure.nonRetryable((error as Error).message, AGENT_BUDGET_INVALID);
  }
}
