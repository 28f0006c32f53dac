import { heartbeat } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    /** BROKEN: heartbeats, so that it learns of its cancellation, and does nothing about it. */
    async complete(prompt: string): Promise<OpenAI.ChatCompletion> {
      const beat = setInterval(() => heartbeat(), 200);
      try {
        return await openai.chat.completions.create({
          model: 'gpt-5-mini',
          messages: [{ role: 'user', content: prompt }],
        });
      } finally {
        clearInterval(beat);
      }
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
