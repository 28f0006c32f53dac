import { get_encoding_name_for_model, type TiktokenModel } from 'tiktoken';
import models from 'tiktoken/model_to_encoding.json' with { type: 'json' };
import { expect, test } from 'vitest';
import { encodingForModel } from '#lib/tokens/encoding-for-model';

const chatModels = Object.entries(models).filter(([model]) => /^(gpt-[345]|o\d|chatgpt)/.test(model));

test.each(chatModels)('agrees with tiktoken on %s', (model, encoding) => {
  expect(get_encoding_name_for_model(model as TiktokenModel)).toBe(encoding);
  expect(encodingForModel(model)).toEqual({ encoding, own: true });
});

test.each([
  ['gpt-5.1', 'o200k_base'],
  ['gpt-5.1-codex-mini', 'o200k_base'],
  ['gpt-4.1-nano-2025-04-14', 'o200k_base'],
  ['o3-pro', 'o200k_base'],
  ['openai/gpt-4o', 'o200k_base'],
  ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'o200k_base'],
  ['GPT-4-32K', 'cl100k_base'],
  ['gpt-35-turbo', 'cl100k_base'],
])('knows names that tiktoken does not list: %s', (model, encoding) => {
  expect(encodingForModel(model)).toEqual({ encoding, own: true });
});

test.each([undefined, '', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'o1x', 'my-gpt-4-deployment', 'constructor'])(
  'says that the encoding only stands in for that of %s',
  (model) => {
    expect(encodingForModel(model)).toEqual({ encoding: 'o200k_base', own: false });
  },
);
