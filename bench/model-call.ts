/** A request and a response of OpenAI's chat completions, as an activity gets the one and returns the other. */
export interface ModelCall {
  readonly args: unknown[];
  readonly result: unknown;
}

/** Quotes, line ends and characters beyond Latin-1, as text of models has them. */
const PARAGRAPH =
  'The quarterly report says “revenue grew by 12 %”, while costs stayed flat:\n\n- mostly in the "north" region;\n- less in the south… ';

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
  return call(textOf(Math.max(0, (bytes - sizeOf(call(''))) / 2)));
}

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

/** What a search returns: documents of 1 KB, together about `bytes` of JSON. */
export function searchResult(bytes: number): unknown {
  return {
    documents: Array.from({ length: bytes / 1000 }, (_, index) => ({
      id: `doc-${index}`,
      title: `Report ${index}`,
      url: `https://example.com/reports/${index}?page=${index % 7}`,
      score: 1 / (index + 1),
      text: textOf(850),
    })),
  };
}

/** Text that takes about `bytes` in JSON. */
export function textOf(bytes: number): string {
  const size = Buffer.byteLength(JSON.stringify(PARAGRAPH)) - 2;
  return PARAGRAPH.repeat(Math.ceil(bytes / size)).slice(0, Math.round((bytes * PARAGRAPH.length) / size));
}

function sizeOf({ args, result }: ModelCall): number {
  return Buffer.byteLength(JSON.stringify(args) + JSON.stringify(result));
}
