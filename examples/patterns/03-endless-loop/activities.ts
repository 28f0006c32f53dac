import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../models';

export interface ChatRequest {
  readonly messages: OpenAI.ChatCompletionMessageParam[];
  readonly tools: OpenAI.ChatCompletionTool[];
}

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(request: ChatRequest): Promise<OpenAI.ChatCompletion> {
      return openai.chat.completions.create({ model: 'gpt-5-mini', ...request }, { signal: cancellationSignal() });
    },

    async search(query: string): Promise<string> {
      return `Nothing new about ${query}.`;
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
