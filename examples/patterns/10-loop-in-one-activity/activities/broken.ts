import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    /** BROKEN: the loop of the SDK is a fine one, without Temporal. */
    async runAgent(question: string): Promise<string> {
      const runner = openai.chat.completions.runTools(
        {
          model: 'gpt-5-mini',
          messages: [{ role: 'user', content: question }],
          tools: ['search', 'read_page', 'check'].map((name) => ({
            type: 'function',
            function: {
              name,
              description: `Does a ${name} in the handbook.`,
              parameters: { type: 'object', properties: {} },
              function: async () => `A ${name} found nothing new.`,
            },
          })),
        },
        { signal: cancellationSignal() },
      );
      return (await runner.finalContent()) ?? '';
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
