import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/fixed';

/** FIXED: bounded; the activity says what is worth a retry, and after how long. */
const { complete } = proxyActivities<Activities>({
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
  const summary = await complete('Summarise.', texts.overloaded);
  const translation = await complete('Translate.', texts.rateLimited);
  const topic = await complete('Classify.', texts.failing);
  const answer = await complete('Answer.', texts.refused).catch(noAnswer);
  return [summary, translation, topic, answer].map(({ id }) => id);
}

function noAnswer(error: unknown): { readonly id: string } {
  if (error instanceof ActivityFailure) return { id: 'none' };
  throw error;
}
