/**
 * Prices of a model as dollars per token. Working out one price in the tables takes some 6 µs, as much as a span; where a
 * model has plain prices, without tiers, the price is linear in the counts, so that six answers of the tables stand for
 * all of them.
 *
 * @module
 */

import type { LlmUsage } from './types';

/** Counts by the names of `@pydantic/genai-prices`. */
export interface PricedUsage {
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  cache_read_tokens?: number | undefined;
  cache_write_tokens?: number | undefined;
  cache_write_1h_tokens?: number | undefined;
  output_reasoning_tokens?: number | undefined;
}

/** What one more token costs; subsets of input and output as the difference to a plain one. */
export interface TokenRates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly reasoning: number;
}

const MILLION = 1_000_000;

/** Whether prices are plain numbers. Prices of searches and the like may stand beside them: none are asked for. */
export function isLinear(prices: Readonly<Record<string, unknown>>): boolean {
  return Object.values(prices).every((price) => price === undefined || typeof price === 'number');
}

/** Asks for the price of a million tokens of each kind. */
export function ratesFrom(price: (usage: PricedUsage) => number): TokenRates {
  const input = price({ input_tokens: MILLION });
  const output = price({ output_tokens: MILLION });
  const written = price({ input_tokens: MILLION, cache_write_tokens: MILLION });
  const writtenFor1h = { input_tokens: MILLION, cache_write_tokens: MILLION, cache_write_1h_tokens: MILLION };
  return {
    input: input / MILLION,
    output: output / MILLION,
    cacheRead: (price({ input_tokens: MILLION, cache_read_tokens: MILLION }) - input) / MILLION,
    cacheWrite: (written - input) / MILLION,
    cacheWrite1h: (price(writtenFor1h) - written) / MILLION,
    reasoning: (price({ output_tokens: MILLION, output_reasoning_tokens: MILLION }) - output) / MILLION,
  };
}

/** Cost of a call at these rates, in US dollars. */
export function costAt(rates: TokenRates, usage: LlmUsage): number {
  return (
    (usage.inputTokens ?? 0) * rates.input +
    (usage.outputTokens ?? 0) * rates.output +
    (usage.cacheReadTokens ?? 0) * rates.cacheRead +
    (usage.cacheWriteTokens ?? 0) * rates.cacheWrite +
    (usage.cacheWrite1hTokens ?? 0) * rates.cacheWrite1h +
    (usage.reasoningTokens ?? 0) * rates.reasoning
  );
}
