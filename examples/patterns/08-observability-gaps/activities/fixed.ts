import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async answer(question: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
      // FIXED: usage comes with the last part.
      const stream = openai.chat.completions.stream(
        { model: 'gpt-5-mini', messages, stream_options: { include_usage: true } },
        { signal: cancellationSignal() },
      );
      return stream.finalChatCompletion();
    },

    // FIXED: the name that the provider and its price list know.
    async findTitle(text: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: `A title for: ${text}` }];
      return openai.chat.completions.create({ model: 'gpt-5-nano', messages }, { signal: cancellationSignal() });
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
