import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(prompt: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
      // BROKEN: a stream reports no usage unless it is asked to, and nobody knows the price of an alias.
      const stream = openai.chat.completions.stream(
        { model: 'house-model', messages },
        { signal: cancellationSignal() },
      );
      return stream.finalChatCompletion();
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
