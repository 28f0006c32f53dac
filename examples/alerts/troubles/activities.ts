import { cancellationSignal } from '@temporalio/activity';
import OpenAI from 'openai';
import { toApplicationFailure } from 'temporal-agent-observability/activity';

export function createActivities(providerUrl: string) {
  const openai = new OpenAI({ apiKey: 'local', baseURL: `${providerUrl}/v1`, maxRetries: 0 });
  return {
    async ask(model: string, prompt: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
      try {
        return await openai.chat.completions.create({ model, messages }, { signal: cancellationSignal() });
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
