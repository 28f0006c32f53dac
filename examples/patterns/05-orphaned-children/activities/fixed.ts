import OpenAI from 'openai';
import { heartbeatWhile } from 'temporal-agent-observability/activity';
import type { ModelSettings } from '../../models';

export function createActivities(models: ModelSettings) {
  const openai = new OpenAI({ ...models.openai, maxRetries: 0 });
  return {
    /** FIXED: cancellation reaches the request, which ends, and is paid for no longer. */
    async complete(prompt: string): Promise<OpenAI.ChatCompletion> {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
      return heartbeatWhile((signal) => openai.chat.completions.create({ model: 'gpt-5-mini', messages }, { signal }));
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
