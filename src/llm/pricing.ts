/**
 * What a model call costs, by the price tables of `@pydantic/genai-prices`, an optional peer. For workers only: nothing
 * that the workflow sandbox loads may import this.
 *
 * @module
 */

import { costAt, isLinear, type PricedUsage, ratesFrom } from './token-rates';
import type { LlmCall, LlmUsage } from './types';

/** A price in US dollars, or why there is none. Absent is not zero. */
export type Cost = { readonly usd: number } | { readonly unknown: 'model' | 'usage' | 'pricing-unavailable' };

/** Names of providers in the price tables, where they differ from `gen_ai.provider.name`. */
const PROVIDER_IDS: Readonly<Record<string, string>> = {
  'azure.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'aws.bedrock': 'aws',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  'gcp.gen_ai': 'google',
  mistral_ai: 'mistral',
  x_ai: 'x-ai',
  moonshot_ai: 'moonshotai',
};

type PriceTables = Pick<typeof import('@pydantic/genai-prices'), 'calcPrice'>;

/** `null` once it is known that the package is not installed. */
let tables: PriceTables | null | undefined;

function loadTables(): PriceTables | null {
  if (tables === undefined) {
    try {
      tables = require('@pydantic/genai-prices') as PriceTables;
    } catch (error) {
      tables = null;
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  return tables;
}

/**
 * Loads the price tables, half a megabyte, once per process; else the first {@link costUsd} does. Without the package
 * prices stay unavailable.
 *
 * @throws if the package is there but cannot be loaded.
 */
export function preloadPricing(): void {
  loadTables();
}

/** Every embedding has an input only; of any other call both counts are needed, or its cost would be a part of it. */
function isComplete(call: LlmCall, usage: LlmUsage): boolean {
  return usage.inputTokens !== undefined && (usage.outputTokens !== undefined || call.operation === 'embeddings');
}

/** Leaves out what is not known; the price tables take an absent count for none. */
function usageForPricing(usage: LlmUsage): PricedUsage {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens,
    output_reasoning_tokens: usage.reasoningTokens,
  };
}

/**
 * Cost of a call in US dollars: input, output, and the tiers of cache reads, cache writes (of five minutes and of one
 * hour) and reasoning where the model has them.
 *
 * @param call - The call; its response's model is priced, or the request's where the response names none.
 * @param at - When the call was made; prices change. Default: now.
 * @returns the cost, or what is unknown: the `usage`, the price of the `model`, or all prices because
 *   `@pydantic/genai-prices` is not installed.
 */
export function costUsd(call: LlmCall, at?: Date): Cost {
  const { usage } = call;
  if (usage === undefined || !isComplete(call, usage)) return { unknown: 'usage' };
  const prices = loadTables();
  if (prices === null) return { unknown: 'pricing-unavailable' };
  for (const model of [call.model, call.requestModel]) {
    if (model === undefined) continue;
    const price = at === undefined ? currentPrice(prices, call, model) : priceAt(prices, call, model, at);
    const usd = price?.(usage);
    if (usd !== undefined) return { usd };
  }
  return { unknown: 'model' };
}

/** The cost of a usage; `undefined` when there is no price. */
type Price = (usage: LlmUsage) => number | undefined;

/** How long a price is taken for current: some change by the hour of the day. */
const CURRENT_MS = 60_000;

/** Models whose prices are kept at hand. */
const MAX_KEPT = 200;

const kept = new Map<string, { readonly until: number; readonly price: Price }>();

function currentPrice(prices: PriceTables, call: LlmCall, model: string): Price {
  const now = Date.now();
  const key = `${call.provider} ${model}`;
  const known = kept.get(key);
  if (known !== undefined && known.until > now) return known.price;
  const price = priceAt(prices, call, model, new Date(now));
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, { until: now + CURRENT_MS, price });
  return price;
}

function priceAt({ calcPrice }: PriceTables, { provider }: LlmCall, model: string, at: Date): Price {
  const providerId = provider === '_OTHER' ? undefined : (PROVIDER_IDS[provider] ?? provider);
  const options = { timestamp: at, ...(providerId !== undefined && { providerId }) };
  const ask = (usage: PricedUsage) => calcPrice(usage as Record<string, number>, model, options);
  const known = ask({ input_tokens: 1 });
  if (known === null) return () => undefined;
  if (!isLinear(known.model_price)) return (usage) => ask(usageForPricing(usage))?.total_price;
  const rates = ratesFrom((usage) => ask(usage)?.total_price ?? 0);
  return (usage) => costAt(rates, usage);
}
