/** Models that only their maker serves under this name; open weights run anywhere and say nothing. */
const MODELS: readonly (readonly [RegExp, string])[] = [
  [/^(ft:)?(gpt-(?!oss)|chatgpt-|o\d(-|$)|text-embedding-(3|ada)|codex-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'gcp.gemini'],
  [/^grok-/, 'x_ai'],
  [/^deepseek-(chat|reasoner)$/, 'deepseek'],
  [/^sonar(-|$)/, 'perplexity'],
];

/** Names seen lately; a process meets the same few again and again. */
const seen = new Map<string, string | undefined>();
const MAX_SEEN = 200;

/** Value of `gen_ai.provider.name` where a model's name alone tells it. Takes `vendor/model` as relays write it. */
export function providerOfModel(model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  if (seen.has(model)) return seen.get(model);
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const provider = MODELS.find(([pattern]) => pattern.test(name))?.[1];
  if (seen.size >= MAX_SEEN) seen.clear();
  seen.set(model, provider);
  return provider;
}
