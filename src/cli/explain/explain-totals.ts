import type { ExplainedTokens, ExplainedTotals } from './explanation';
import type { MergedActivity } from './merge-activities';
import type { RecordedAttempt } from './recorded-attempt';

type Call = Pick<RecordedAttempt, 'call' | 'usageSource' | 'costUsd'>;
type MutableTokens = { -readonly [K in keyof ExplainedTokens]: ExplainedTokens[K] };

/** Sums over attempts, not activities: an attempt that answered was paid for, whatever became of it. */
export function explainTotals(
  activities: readonly MergedActivity[],
  toolCalls: number,
  failedAttempts: number,
): ExplainedTotals {
  const calls = activities.flatMap(answers);
  const tokensByModel = new Map<string, MutableTokens>();
  let costUsd: number | undefined;
  let callsWithoutCost = 0;
  for (const { call, usageSource, costUsd: cost } of calls) {
    const model = call?.model ?? call?.requestModel ?? 'unknown';
    const tokens = tokensByModel.get(model) ?? noTokens();
    tokensByModel.set(model, tokens);
    const { inputTokens = 0, outputTokens = 0 } = call?.usage ?? {};
    if (usageSource === 'estimated') {
      tokens.estimatedInput += inputTokens;
      tokens.estimatedOutput += outputTokens;
    } else if (call?.usage === undefined) {
      tokens.callsWithoutUsage++;
    } else {
      tokens.input += inputTokens;
      tokens.output += outputTokens;
    }
    if (cost === undefined) callsWithoutCost++;
    else costUsd = (costUsd ?? 0) + cost;
  }
  return {
    modelCalls: calls.length,
    toolCalls,
    failedAttempts,
    // A model may be named like a property of Object, which entries stand.
    tokensByModel: Object.fromEntries(tokensByModel),
    ...(costUsd !== undefined ? { costUsd } : {}),
    callsWithoutCost,
  };
}

function answers({ attempts, story }: MergedActivity): Call[] {
  const recorded = attempts.filter(({ call }) => call !== undefined);
  if (recorded.length > 0 || story?.call === undefined) return recorded;
  return [{ call: story.call, usageSource: story.call.usage === undefined ? 'absent' : 'provider' }];
}

function noTokens(): MutableTokens {
  return { input: 0, output: 0, estimatedInput: 0, estimatedOutput: 0, callsWithoutUsage: 0 };
}
