import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  // BROKEN: this client tries three times by itself, below Temporal's retries, which multiply it.
  const retrying = new OpenAI(models.openai);
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });

  const ask = (client: OpenAI, instructions: string, text: string) =>
    client.chat.completions.create(
      {
        model: 'gpt-5-mini',
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content: text },
        ],
      },
      { signal: cancellationSignal() },
    );

  return {
    summarise: async (text: string) => ask(retrying, 'Summarise.', text),

    // BROKEN: the error says when to come back, and nobody reads it.
    translate: async (text: string) => ask(openai, 'Translate.', text),

    // BROKEN: an overloaded server is no reason to give up.
    classify: async (text: string) => {
      try {
        return await ask(openai, 'Classify.', text);
      } catch (error) {
        throw ApplicationFailure.create({ message: 'no answer', nonRetryable: true, cause: error as Error });
      }
    },

    // BROKEN: a request that the provider does not accept is sent again and again.
    answer: async (text: string) => ask(openai, 'Answer.', text),
  };
}

export type Activities = ReturnType<typeof createActivities>;
