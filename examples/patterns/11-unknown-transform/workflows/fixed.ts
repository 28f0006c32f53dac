import { proxyActivities } from '@temporalio/workflow';
import type OpenAI from 'openai';
import { defineTransforms, transform } from 'temporal-agent-observability/workflow';
import type { Activities } from '../activities';

// FIXED: every name that an open run may ask for.
defineTransforms({
  firstRows: (csv: string) => csv.split('\n').slice(0, 20).join('\n'),
  totals: (csv: string) => `${csv.split('\n').length} rows`,
});

const { complete, readTable } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 5 },
});

export interface Plan {
  readonly question: string;
  readonly steps: readonly { readonly table: string; readonly transform?: string }[];
}

/** A loop that many agents share. How their tools' outputs are shortened is data, for code cannot be passed. */
export async function analyse({ question, steps }: Plan): Promise<string> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: question }];
  let answer = '';
  for (const { table, transform: name } of steps) {
    const csv = await readTable(table);
    // FIXED: there is a transform for what names none.
    messages.push({ role: 'user', content: String(transform(name ?? 'firstRows', csv)) });
    const completion = await complete(messages);
    answer = completion.choices[0]?.message.content ?? '';
  }
  return answer;
}
