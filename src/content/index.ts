/**
 * Where records and contents are kept, what a record is, and how to read them back.
 *
 * @module
 */

export type { AgentCorrelation, ContentRef, ContentRefs, Outcome, UsageSource } from '../activity/observation';
export type { IndexedCall } from './call-index';
export { type CallList, type CallsQuery, readCalls } from './calls-reader';
export { type ClaimCheckOptions, claimCheck } from './claim-check';
export type { ClaimCheckFailureType } from './claim-failures';
export { type FindingList, type FindingsQuery, readFindings } from './findings-reader';
export {
  DEFAULT_CONTENT_DIRECTORY,
  LocalDirectoryStore,
  type LocalDirectoryStoreOptions,
} from './local-directory-store';
export type { ContentMissing, ContentText, RunRecords } from './reader';
export { readContent, readRun } from './reader';
export type { AgentRecord, FindingRecord, RecordedError } from './record';
export type { RedactContext, RedactFunction } from './redaction';
export { redactErrorText, redactSecrets } from './redaction';
export type { ContentStore, ContentStoreThreadSpec } from './store';
