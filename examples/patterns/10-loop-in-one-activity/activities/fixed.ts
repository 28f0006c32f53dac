import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import type { ModelSettings } from '../../models';

const TOOLS = ['search', 'read_page', 'check'].map(
  (name): OpenAI.ChatCompletionTool => ({
    type: 'function',
    function: {
      name,
      description: `Does a ${name} in the handbook.`,
      parameters: { type: 'object', properties: {} },
    },
  }),
);

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    async complete(messages: OpenAI.ChatCompletionMessageParam[]): Promise<OpenAI.ChatCompletion> {
      return openai.chat.completions.create(
        { model: 'gpt-5-mini', messages, tools: TOOLS },
        { signal: cancellationSignal() },
      );
    },

    async runTool(name: string): Promise<string> {
      return `A ${name} found nothing new.`;
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
