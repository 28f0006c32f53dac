import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async propose(request: string): Promise<OpenAI.Responses.Response> {
      return openai.responses.create(
        { model: 'gpt-5-mini', instructions: 'You write purchase proposals.', input: request },
        { signal: cancellationSignal() },
      );
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
