import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(prompt: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
      return openai.chat.completions.create({ model: 'gpt-5-mini', messages }, { signal: cancellationSignal() });
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
