/** Messages between the main thread and the content worker. */

import type { ContentJob, FlushRequest, FlushResult, StoredContent } from './drain';

export type ContentWorkerRequest = { readonly id: number } & (
  | { readonly operation: 'flush'; readonly argument: FlushRequest }
  | { readonly operation: 'storeContent'; readonly argument: ContentJob }
  | { readonly operation: 'maintain'; readonly argument: undefined }
);

export interface ContentWorkerReply {
  readonly id: number;
  readonly result?: FlushResult | StoredContent | undefined;
  /** The operation threw. */
  readonly error?: unknown;
}
