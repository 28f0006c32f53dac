import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(messages: OpenAI.ChatCompletionMessageParam[]): Promise<OpenAI.ChatCompletion> {
      return openai.chat.completions.create({ model: 'gpt-5-mini', messages }, { signal: cancellationSignal() });
    },

    async readTable(name: string): Promise<string> {
      const rows = Array.from({ length: 3_000 }, (_, row) => `${name}, hall ${row % 7}, compressor ${row}`);
      return rows.join('\n');
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
