import type { LlmUsage } from '../types';
import type { View } from './view';

/** Where a provider's response has its counts. */
export interface UsagePaths {
  readonly input: string;
  readonly output?: string;
  readonly cacheRead?: string;
  readonly cacheWrite?: string;
  readonly cacheWrite1h?: string;
  readonly reasoning?: string;
  readonly total?: string;
  /** `input` leaves out what was read from and written to a cache. */
  readonly inputExcludesCache?: boolean;
}

/**
 * One rule for all providers: input includes cache, output includes reasoning, a subset of an unknown number is
 * unknown. Some report a subset beside the whole instead of inside it: Anthropic does for cache; with relays, a subset
 * larger than its whole, or a total that only adds up with it, shows it.
 */
export function readUsage(view: View, paths: UsagePaths): LlmUsage | undefined {
  const count = (path: string | undefined) => (path === undefined ? undefined : view.count(path));
  const input = count(paths.input);
  const output = count(paths.output);
  const reads = count(paths.cacheRead);
  const writes = count(paths.cacheWrite);
  const reasoning = count(paths.reasoning);
  const cached = (reads ?? 0) + (writes ?? 0);
  const thought = reasoning ?? 0;
  const beside =
    output !== undefined &&
    (thought > output || (thought > 0 && count(paths.total) === (input ?? 0) + output + thought));
  if (input === undefined && output === undefined) return undefined;
  const usage: { -readonly [K in keyof LlmUsage]: LlmUsage[K] } = {};
  if (input !== undefined) {
    usage.inputTokens = paths.inputExcludesCache || cached > input ? input + cached : input;
    if (reads !== undefined) usage.cacheReadTokens = reads;
    if (writes !== undefined) usage.cacheWriteTokens = writes;
    const writes1h = count(paths.cacheWrite1h);
    if (writes1h !== undefined) usage.cacheWrite1hTokens = writes1h;
  }
  if (output !== undefined) {
    usage.outputTokens = beside ? output + thought : output;
    if (reasoning !== undefined) usage.reasoningTokens = reasoning;
  }
  return usage;
}

/** Usage with both counts, which hardly anything but a model's response has. */
export function isWholeUsage(usage: LlmUsage | undefined): boolean {
  return usage?.inputTokens !== undefined && usage.outputTokens !== undefined;
}

/** Sum of several turns; a count that no turn reported stays absent. */
export function sumUsage(usages: readonly (LlmUsage | undefined)[]): LlmUsage | undefined {
  const sum: Record<string, number> = {};
  for (const usage of usages) {
    for (const [key, tokens] of Object.entries(usage ?? {})) sum[key] = (sum[key] ?? 0) + tokens;
  }
  return Object.keys(sum).length > 0 ? sum : undefined;
}
