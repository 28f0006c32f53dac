import type { TokenEncoding } from './encoding-for-model';

/** What the thread is asked: to count each group of texts. */
export interface CountRequest {
  readonly encoding: TokenEncoding;
  readonly groups: readonly (readonly string[])[];
}

/** What it answers: tokens of each group. It answers one request before it gets the next. */
export type CountReply = readonly number[];
