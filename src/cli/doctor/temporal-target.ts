import type { Connection } from '@temporalio/client';
import type { SearchAttributeName } from '../../definitions/search-attributes';
import { explainServiceError } from '../cli-error';
import type { ConnectionFlags } from '../connection';

export interface TemporalQuestions {
  readonly flags: ConnectionFlags;
  /** Search attributes that the workers use. */
  readonly wanted: readonly SearchAttributeName[];
  /** Time allowed for one request, in milliseconds. */
  readonly timeoutMs: number;
}

/** A connection in whose namespace is looked. */
export interface TemporalTarget extends TemporalQuestions {
  readonly connection: Connection;
  /** Sends a request within the time allowed. */
  ask<T>(request: () => Promise<T>): Promise<T>;
}

/** What a request threw, as one line and what to do about it. */
export function refusal(error: unknown, { flags }: TemporalQuestions): { message: string; fix: string } {
  const { message, advice } = explainServiceError(error, flags);
  return { message, fix: advice ?? 'See the log of the Temporal server.' };
}
