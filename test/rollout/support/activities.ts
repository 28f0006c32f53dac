/** Tokens of one call: input and output. */
export const TOKENS_PER_CALL = 110;

/** Activities as an application has them: the model's response is returned as the provider sent it. */
export function createActivities() {
  return {
    async callModel({ model, turn }: { model: string; turn: number }) {
      const message = { role: 'assistant', content: `answer of turn ${turn}`, refusal: null };
      return {
        id: `chatcmpl-${turn}`,
        object: 'chat.completion',
        created: 1,
        model: `${model}-2025-11-13`,
        choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message }],
        usage: { prompt_tokens: TOKENS_PER_CALL - 10, completion_tokens: 10, total_tokens: TOKENS_PER_CALL },
      };
    },

    async search(query: string): Promise<string> {
      return `results for ${query}`;
    },

    /** More than is stored at once. */
    async readPage(chars: number): Promise<string> {
      return 'a'.repeat(chars);
    },
  };
}

export type Activities = ReturnType<typeof createActivities>;
