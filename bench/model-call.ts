/** A request and a response of OpenAI's chat completions, as an activity gets the one and returns the other. */
export interface ModelCall {
  readonly args: unknown[];
  readonly result: unknown;
}

const SENTENCE = 'The quarterly report shows that revenue grew by 12 % while costs stayed flat, mostly in the north. ';

/** A model call whose input and output together are about `bytes` of JSON, the half each. */
export function modelCall(bytes: number): ModelCall {
  const call = (text: string): ModelCall => ({
    args: [
      {
        model: 'gpt-4.1',
        temperature: 0.2,
        messages: [
          { role: 'system', content: 'You are a careful analyst.' },
          { role: 'user', content: text },
        ],
      },
    ],
    result: chatCompletion(text),
  });
  const [empty] = [sizeOf(call(''))];
  return call(textOf(Math.max(0, (bytes - empty) / 2)));
}

/** A response whose JSON is about `bytes`. */
export function chatCompletion(text: string): unknown {
  return {
    id: 'chatcmpl-BenchBenchBench',
    object: 'chat.completion',
    created: 1_760_000_000,
    model: 'gpt-4.1-2025-04-14',
    choices: [
      { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', content: text, refusal: null } },
    ],
    usage: {
      prompt_tokens: 112,
      completion_tokens: 87,
      total_tokens: 199,
      prompt_tokens_details: { cached_tokens: 64, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
  };
}

export function textOf(bytes: number): string {
  return SENTENCE.repeat(Math.ceil(bytes / SENTENCE.length)).slice(0, Math.round(bytes));
}

function sizeOf({ args, result }: ModelCall): number {
  return JSON.stringify(args).length + JSON.stringify(result).length;
}
