import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async answer(question: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
      // BROKEN: a stream reports no usage unless it is asked to.
      const stream = openai.chat.completions.stream(
        { model: 'gpt-5-mini', messages },
        { signal: cancellationSignal() },
      );
      return stream.finalChatCompletion();
    },

    // BROKEN: an alias that no price list knows.
    async findTitle(text: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: `A title for: ${text}` }];
      return openai.chat.completions.create({ model: 'house-model', messages }, { signal: cancellationSignal() });
    },
  };
}
