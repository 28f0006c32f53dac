import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../models';

/** Some thirty pages. */
const DOCUMENT_CHARS = 60_000;

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(messages: OpenAI.ChatCompletionMessageParam[]): Promise<OpenAI.ChatCompletion> {
      return openai.chat.completions.create({ model: 'gpt-5-mini', messages }, { signal: cancellationSignal() });
    },

    async readDocument(region: string): Promise<string> {
      return `The halls in the ${region} are in good order. `.repeat(DOCUMENT_CHARS / 50).slice(0, DOCUMENT_CHARS);
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
