import type { LlmUsage } from '../../llm/types';
import { callOf, isAnswered } from './explain-activities';
import type { ExplainedTokens, ExplainedTotals } from './explanation';
import type { MergedActivity } from './merge-activities';

/** What one answer of a model cost. */
interface Answer {
  readonly model: string;
  readonly usage: LlmUsage | undefined;
  readonly costUsd: number | undefined;
}

type MutableTokens = { -readonly [K in keyof ExplainedTokens]: ExplainedTokens[K] };

/** Sums over attempts, not activities: an attempt that answered was paid for, whatever became of it. */
export function explainTotals(
  activities: readonly MergedActivity[],
  toolCalls: number,
  failedAttempts: number,
): ExplainedTotals {
  const answers = activities.flatMap(answersOf);
  const tokensByModel = new Map<string, MutableTokens>();
  for (const { model, usage } of answers) {
    const tokens = tokensByModel.get(model) ?? { input: 0, output: 0, callsWithoutUsage: 0 };
    tokensByModel.set(model, tokens);
    if (usage === undefined) tokens.callsWithoutUsage++;
    tokens.input += usage?.inputTokens ?? 0;
    tokens.output += usage?.outputTokens ?? 0;
  }
  const costs = answers.flatMap(({ costUsd }) => costUsd ?? []);
  return {
    modelCalls: answers.length,
    toolCalls,
    failedAttempts,
    tokensByModel: Object.fromEntries(tokensByModel),
    ...(costs.length > 0 ? { costUsd: costs.reduce((sum, cost) => sum + cost, 0) } : {}),
    callsWithoutCost: answers.length - costs.length,
  };
}

function answersOf(activity: MergedActivity): Answer[] {
  const recorded = activity.attempts.filter(isAnswered);
  if (recorded.length > 0) {
    return recorded.map(({ model, requestModel, usage, usageSource, costUsd }) => ({
      model: model ?? requestModel ?? 'unknown',
      // An estimate is no usage: it must not be mixed into what providers reported.
      usage: usageSource === 'provider' ? usage : undefined,
      costUsd,
    }));
  }
  const call = callOf(activity);
  if (call === undefined) return [];
  return [{ model: call.model ?? call.requestModel ?? 'unknown', usage: call.usage, costUsd: undefined }];
}
