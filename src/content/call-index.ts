/**
 * Lists of model calls by hour, so that the runs which an error, a limit, a refusal or a slow model affects are found: one
 * JSON line for a call, all of one journal in one file.
 *
 * @module
 */

import type { Outcome } from '../activity/observation';
import { defined } from '../definitions/defined';
import type { LlmErrorType } from '../llm/types';
import { parseJournalLine } from './journal-files';
import { callsPrefix } from './keys';
import type { AgentRecord } from './record';

/** Version of {@link IndexedCall}; a reader skips versions that it does not know. */
export const CALL_VERSION = 1;

/** A model call in the list of its hour: enough to choose by, and the run whose record says the rest. */
export interface IndexedCall {
  readonly version: typeof CALL_VERSION;
  /** In milliseconds since the epoch. */
  readonly endedAtMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Class of the error, when the attempt failed. */
  readonly errorType?: LlmErrorType;
  /** Value of `gen_ai.provider.name`. */
  readonly provider?: string;
  /** Model and version as the response named it. */
  readonly model?: string;
  /** Model that was asked for, where the arguments or the response tell. */
  readonly requestModel?: string;
  /** As the provider reported them. */
  readonly inputTokens?: number;
  /** As the provider reported them. */
  readonly outputTokens?: number;
  /** In US dollars. */
  readonly costUsd?: number;
  readonly taskType: string;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly activityId: string;
  readonly attempt: number;
}

export function indexedCall(record: AgentRecord): IndexedCall {
  const { durationMs, outcome, error, provider, model, requestModel, usage, costUsd } = record;
  const { taskType, workflowType, workflowId, runId, activityId, attempt } = record;
  return {
    version: CALL_VERSION,
    endedAtMs: Math.round(record.startedAtMs + durationMs),
    durationMs,
    outcome,
    ...defined({ errorType: error?.type, provider, model, requestModel }),
    ...defined({ inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens, costUsd }),
    ...{ taskType, workflowType, workflowId, runId, activityId, attempt },
  };
}

/** Lists of the model calls of a journal, by the prefix of their keys. */
export function callIndex(lines: readonly string[]): ReadonlyMap<string, string> {
  const lists = new Map<string, string>();
  for (const line of lines) {
    if (!line.includes('"kind":"llm"')) continue;
    const record = parseJournalLine(line);
    if (record?.kind !== 'llm') continue;
    const call = indexedCall(record);
    const prefix = callsPrefix(record.namespace, call.endedAtMs);
    lists.set(prefix, `${lists.get(prefix) ?? ''}${JSON.stringify(call)}\n`);
  }
  return lists;
}

/** A line of a list; `undefined` when it is damaged or of a later version. */
export function parseIndexedCall(line: string): IndexedCall | undefined {
  try {
    const call = JSON.parse(line) as IndexedCall | null;
    return call?.version === CALL_VERSION ? call : undefined;
  } catch {
    return undefined;
  }
}
