/**
 * What `calls --json` prints; described in docs/calls.md. Fields are only ever added; a change of meaning raises
 * `version`. Times are ISO 8601.
 *
 * @module
 */

import type { Outcome } from '../../activity/observation';
import type { IndexedCall } from '../../content/call-index';
import type { CallList } from '../../content/calls-reader';
import { defined } from '../../definitions/defined';
import type { LlmErrorType } from '../../llm/types';
import { isoTime } from '../explain/time';

export const CALLS_VERSION = 1;

export interface CallsReport {
  readonly version: typeof CALLS_VERSION;
  readonly namespace: string;
  readonly since: string;
  /** Calls that were asked for, one for each attempt of an activity. */
  readonly calls: number;
  /** Runs that they belong to. */
  readonly runs: number;
  /** Calls of one run to one model that ended alike, in the order that was asked for, as many as the limit. */
  readonly entries: readonly CallsEntry[];
  /** Entries beyond the limit. */
  readonly unlisted: number;
  /** Lines that could not be read: damaged, or of a later version. */
  readonly unreadable: number;
  /** There are older calls that were not read. */
  readonly truncated: boolean;
}

export interface CallsEntry {
  readonly taskType: string;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly provider?: string;
  /** As the response named it, else as it was asked for. */
  readonly model?: string;
  readonly outcome: Outcome;
  /** Class of the error, where the attempt failed. */
  readonly errorType?: LlmErrorType;
  readonly calls: number;
  /** When the latest ended. */
  readonly lastAt: string;
  readonly longestMs: number;
  /** Of all calls that reported them; absent where none did. */
  readonly inputTokens?: number;
  /** Of all calls that reported them; absent where none did. */
  readonly outputTokens?: number;
  /** In US dollars, of all calls whose cost is known; absent where none is. */
  readonly costUsd?: number;
}

/** What can come first. */
export const CALL_ORDERS = ['last', 'longest', 'tokens', 'cost'] as const;

export type CallOrder = (typeof CALL_ORDERS)[number];

export interface CallsReportInput {
  readonly namespace: string;
  readonly sinceMs: number;
  readonly found: CallList;
  readonly order: CallOrder;
  /** Most entries. */
  readonly limit: number;
}

export function buildCallsReport({ namespace, sinceMs, found, order, limit }: CallsReportInput): CallsReport {
  const { calls, unreadable, truncated } = found;
  const entries = new Map<string, CallsEntry>();
  // The latest comes first, and so does its entry.
  for (const call of calls) {
    const { runId, provider, outcome, errorType } = call;
    const key = JSON.stringify([runId, provider, modelOf(call), outcome, errorType]);
    entries.set(key, withCall(entries.get(key) ?? newEntry(call), call));
  }
  return {
    version: CALLS_VERSION,
    namespace,
    since: isoTime(sinceMs),
    calls: calls.length,
    runs: new Set(calls.map(({ runId }) => runId)).size,
    entries: [...entries.values()].toSorted((a, b) => RANKS[order](b) - RANKS[order](a)).slice(0, limit),
    unlisted: Math.max(0, entries.size - limit),
    unreadable,
    truncated,
  };
}

function newEntry(call: IndexedCall): CallsEntry {
  const { taskType, workflowType, workflowId, runId, provider, outcome, errorType, endedAtMs } = call;
  return {
    ...{ taskType, workflowType, workflowId, runId },
    ...defined({ provider, model: modelOf(call) }),
    outcome,
    ...defined({ errorType }),
    calls: 0,
    lastAt: isoTime(endedAtMs),
    longestMs: 0,
  };
}

function withCall(entry: CallsEntry, call: IndexedCall): CallsEntry {
  return {
    ...entry,
    calls: entry.calls + 1,
    longestMs: Math.max(entry.longestMs, call.durationMs),
    ...defined({
      inputTokens: sum(entry.inputTokens, call.inputTokens),
      outputTokens: sum(entry.outputTokens, call.outputTokens),
      costUsd: sum(entry.costUsd, call.costUsd),
    }),
  };
}

/** What is not known adds nothing, and stays unknown where nothing is known. */
export function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0);
}

const RANKS: Readonly<Record<CallOrder, (entry: CallsEntry) => number>> = {
  last: ({ lastAt }) => Date.parse(lastAt),
  longest: ({ longestMs }) => longestMs,
  tokens: ({ inputTokens = 0, outputTokens = 0 }) => inputTokens + outputTokens,
  cost: ({ costUsd = 0 }) => costUsd,
};

function modelOf({ model, requestModel }: IndexedCall): string | undefined {
  return model ?? requestModel;
}
