/** Names of the whole, over which providers and client libraries agree but for the spelling. */
const TOTALS = ['total_tokens', 'totalTokens'];

/** Names of parts that do not overlap. Only Anthropic reports the last two, beside an input that leaves them out. */
const PARTS = [
  ['input_tokens', 'prompt_tokens', 'inputTokens'],
  ['output_tokens', 'completion_tokens', 'outputTokens'],
  ['cache_read_input_tokens'],
  ['cache_creation_input_tokens'],
];

/**
 * Tokens that a number, a usage or a response with a usage speaks of; `undefined` when they are not known.
 *
 * Frozen: a budget decides what a workflow does next, so that the same value has to give the same number in every
 * release, or open runs would not replay. That is why it does not ask the readers of responses, which learn.
 */
export function spentTokens(value: unknown): number | undefined {
  try {
    return typeof value === 'number' ? amount(value) : usageTokens(value);
  } catch {
    // An accessor of the value threw.
    return undefined;
  }
}

function usageTokens(value: unknown): number | undefined {
  // What the AI SDK calls usage is that of the last step.
  const usage = property(value, 'totalUsage') ?? property(value, 'usage') ?? value;
  const total = first(usage, TOTALS);
  if (total !== undefined) return total;
  let sum: number | undefined;
  for (const names of PARTS) {
    const tokens = first(usage, names);
    if (tokens !== undefined) sum = (sum ?? 0) + tokens;
  }
  return sum;
}

function first(usage: unknown, names: readonly string[]): number | undefined {
  for (const name of names) {
    const found = property(usage, name);
    // The AI SDK's language models break each count down.
    const tokens = amount(found) ?? amount(property(found, 'total'));
    if (tokens !== undefined) return tokens;
  }
  return undefined;
}

function property(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
}

/** Estimates can be fractions; what is no amount at all is unknown. */
function amount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.ceil(value) : undefined;
}
