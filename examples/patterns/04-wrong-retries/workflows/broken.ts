import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/broken';

// BROKEN: Temporal's default is to retry for ever.
const { summarise, answer } = proxyActivities<Activities>({ startToCloseTimeout: '1 minute' });

// BROKEN: after a tenth of a second, whatever the provider asked for.
const { translate, classify } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '100 milliseconds', maximumAttempts: 5 },
});

export interface Texts {
  readonly overloaded: string;
  readonly rateLimited: string;
  readonly failing: string;
  readonly refused: string;
}

export async function digest(texts: Texts): Promise<string[]> {
  const summary = await summarise(texts.overloaded);
  const translation = await translate(texts.rateLimited);
  const topic = await classify(texts.failing).catch(unknownTopic);
  return [summary, translation, topic, await answer(texts.refused)].map((completion) => completion.id);
}

function unknownTopic(error: unknown): { readonly id: string } {
  if (error instanceof ActivityFailure) return { id: 'unknown' };
  throw error;
}
