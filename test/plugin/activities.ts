/** A chat completion as OpenAI's API returns it, without the API. */
export function completion(content = 'ok', model = 'gpt-4o-mini-2024-07-18') {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', content, refusal: null } },
    ],
    usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
  };
}

export const activities = {
  async callModel(_request: { readonly model: string; readonly prompt: string }) {
    return completion();
  },

  async search(query: string): Promise<string> {
    return `results for ${query}`;
  },
};

export type Activities = typeof activities;
