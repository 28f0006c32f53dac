import Anthropic from '@anthropic-ai/sdk';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const anthropic = new Anthropic({ ...models.anthropic, maxRetries: 0 });
  const ask = (system: string, text: string) =>
    anthropic.messages.create({
      model: 'claude-haiku-4-5',
      max_tokens: 4096,
      system,
      messages: [{ role: 'user', content: text }],
    });
  return {
    draft: async (topic: string) => ask('You write articles.', topic),
    review: async (text: string) => ask('You review articles.', text),
  };
}

export type Activities = ReturnType<typeof createActivities>;
