import { ApplicationFailure, Context } from '@temporalio/activity';

/** A chat completion as OpenAI's API returns it, without the API: these runs are about history, not about models. */
function completion(model: string, inputTokens: number, outputTokens: number) {
  return {
    id: `chatcmpl-${inputTokens}`,
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', content: 'ok', refusal: null } },
    ],
    usage: { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens },
  };
}

export const activities = {
  async callModel(request: { model: string; turn: number }) {
    return completion(`${request.model}-2025-11-13`, 100 + request.turn, 10);
  },

  async search(query: string): Promise<string> {
    return `results for ${query}`;
  },

  async readPage(url: string): Promise<string> {
    return `page ${url}`;
  },

  async slow(milliseconds: number): Promise<string> {
    const { cancelled } = Context.current();
    await Promise.race([new Promise((resolve) => setTimeout(resolve, milliseconds)), cancelled]);
    return 'slow';
  },

  async waitForCancellation(): Promise<void> {
    const context = Context.current();
    const heartbeat = setInterval(() => context.heartbeat(), 100);
    try {
      await context.cancelled;
    } finally {
      clearInterval(heartbeat);
    }
  },

  async fail(message: string): Promise<never> {
    throw ApplicationFailure.nonRetryable(message, 'ToolFailure');
  },
};

export type Activities = typeof activities;
