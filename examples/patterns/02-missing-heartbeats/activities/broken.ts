import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  const ask = (instructions: string, text: string) =>
    openai.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [
        { role: 'system', content: instructions },
        { role: 'user', content: text },
      ],
    });
  return {
    draft: async (topic: string) => ask('You write articles.', topic),
    review: async (text: string) => ask('You review articles.', text),
  };
}

export type Activities = ReturnType<typeof createActivities>;
