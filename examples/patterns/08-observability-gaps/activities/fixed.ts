import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(prompt: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
      // FIXED: with usage, and the name that the provider and its price list know.
      const stream = openai.chat.completions.stream(
        { model: 'gpt-5-mini', messages, stream_options: { include_usage: true } },
        { signal: cancellationSignal() },
      );
      return stream.finalChatCompletion();
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
