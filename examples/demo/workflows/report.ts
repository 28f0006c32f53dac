import { streams } from './proxies';

export interface ReportInput {
  readonly subject: string;
}

/** Writes a long report, streamed. Returns its length: the text itself is in the activity's result. */
export async function report({ subject }: ReportInput): Promise<number> {
  const completion = await streams.streamChatCompletion({
    messages: [
      { role: 'system', content: 'You write long, detailed reports.' },
      { role: 'user', content: subject },
    ],
  });
  return completion.choices[0]?.message.content?.length ?? 0;
}
