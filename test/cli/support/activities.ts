import { ApplicationFailure, activityInfo } from '@temporalio/activity';

/** Activities as an application has them: the model's response is returned as the provider sent it. */
export function createActivities() {
  return {
    async askModel({ calls }: { calls: string[] }) {
      const toolCalls = calls.map((name, index) => ({
        id: `call_${index}`,
        type: 'function',
        function: { name, arguments: '{}' },
      }));
      return {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'gpt-5-mini-2025-08-07',
        choices: [
          {
            index: 0,
            finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
            message: {
              role: 'assistant',
              content: calls.length > 0 ? null : 'Done.',
              refusal: null,
              ...(calls.length > 0 ? { tool_calls: toolCalls } : {}),
            },
          },
        ],
        usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
      };
    },

    async search(query: string) {
      if (activityInfo().attempt === 1) throw ApplicationFailure.retryable('index is warming up', 'IndexNotReady');
      return [`${query} 1`, `${query} 2`];
    },

    async failForEver(message: string): Promise<void> {
      throw new TypeError(message);
    },

    async fetchMuch(chars: number) {
      return 'x'.repeat(chars);
    },

    async rejectForGood(message: string): Promise<void> {
      throw ApplicationFailure.nonRetryable(message, 'BadRequest');
    },
  };
}
