/** Models that only their maker serves under this name; open weights run anywhere and say nothing. */
const MODELS: readonly (readonly [RegExp, string])[] = [
  [/^(ft:)?(gpt-(?!oss)|chatgpt-|o\d(-|$)|text-embedding-(3|ada)|codex-)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'gcp.gemini'],
  [/^grok-/, 'x_ai'],
  [/^deepseek-(chat|reasoner)$/, 'deepseek'],
  [/^sonar(-|$)/, 'perplexity'],
];

/** Value of `gen_ai.provider.name` where a model's name alone tells it. Takes `vendor/model` as relays write it. */
export function providerOfModel(model: string | undefined): string | undefined {
  const name = model?.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return name === undefined ? undefined : MODELS.find(([pattern]) => pattern.test(name))?.[1];
}
