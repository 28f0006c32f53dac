import Anthropic from '@anthropic-ai/sdk';
import { cancellationSignal } from '@temporalio/activity';
import type { ModelSettings } from '../models';

export function createActivities(models: ModelSettings) {
  const anthropic = new Anthropic({ ...models.anthropic, maxRetries: 0 });
  return {
    async propose(request: string): Promise<Anthropic.Message> {
      return anthropic.messages.create(
        {
          model: 'claude-haiku-4-5',
          max_tokens: 1024,
          system: 'You write purchase proposals.',
          messages: [{ role: 'user', content: request }],
        },
        { signal: cancellationSignal() },
      );
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
