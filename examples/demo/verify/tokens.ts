import type { AgentRecord } from 'temporal-agent-observability/content';
import type { ModelUsage } from '../../provider-server';
import type { Checks } from './checks';
import type { Metrics } from './metrics';

/** Tokens by model: `<input>/<output>`. */
type Tokens = ReadonlyMap<string, string>;

/** Metrics, records and the provider itself must name the same tokens for every model. */
export function verifyTokens(
  checks: Checks,
  metrics: Metrics,
  records: readonly AgentRecord[],
  provider: ReadonlyMap<string, ModelUsage> | undefined,
): void {
  const fromRecords = tokensOfRecords(records);
  const fromMetrics = tokensOfMetrics(metrics);
  for (const [model, tokens] of fromRecords) console.log(`        ${model}: ${tokens} tokens in/out`);
  if (provider !== undefined) {
    const reported = new Map([...provider].map(([model, usage]) => [model, inAndOut(usage)]));
    checks.equal('tokens per model in records are those that the provider reported', fromRecords, reported);
    checks.equal('tokens per model in metrics are those that the provider reported', fromMetrics, reported);
  }
  checks.equal('tokens per model in metrics are those in records', fromMetrics, fromRecords);
}

function inAndOut({ inputTokens, outputTokens }: Pick<ModelUsage, 'inputTokens' | 'outputTokens'>): string {
  return `${inputTokens}/${outputTokens}`;
}

function tokensOfRecords(records: readonly AgentRecord[]): Tokens {
  const sums = new Map<string, { inputTokens: number; outputTokens: number }>();
  for (const { model, usage } of records) {
    if (model === undefined || usage === undefined) continue;
    const sum = sums.get(model) ?? { inputTokens: 0, outputTokens: 0 };
    sum.inputTokens += usage.inputTokens ?? 0;
    sum.outputTokens += usage.outputTokens ?? 0;
    sums.set(model, sum);
  }
  return new Map([...sums].map(([model, sum]) => [model, inAndOut(sum)]));
}

function tokensOfMetrics(metrics: Metrics): Tokens {
  const input = metrics.sumBy('temporal_agent_llm_input_tokens_total', 'model');
  const output = metrics.sumBy('temporal_agent_llm_output_tokens_total', 'model');
  return new Map([...input].map(([model, tokens]) => [model, `${tokens}/${output.get(model) ?? 0}`]));
}
