import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import { toApplicationFailure } from 'temporal-agent-observability/activity';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(instructions: string, text: string): Promise<OpenAI.ChatCompletion> {
      try {
        return await openai.chat.completions.create(
          {
            model: 'gpt-5-mini',
            messages: [
              { role: 'system', content: instructions },
              { role: 'user', content: text },
            ],
          },
          { signal: cancellationSignal() },
        );
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
