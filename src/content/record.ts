/**
 * What one activity attempt leaves behind.
 *
 * @module
 */

import type { ActivityObservation, AgentCorrelation, ContentRefs, Outcome, UsageSource } from '../activity/observation';
import type { Finding } from '../definitions/finding';
import type { FinishReason, LlmErrorType, LlmToolCall, LlmUsage } from '../llm/types';
import { truncate } from './redaction';

/** Version of {@link AgentRecord} and {@link FindingRecord}; a reader skips versions that it does not know. */
export const RECORD_VERSION = 1;

const MAX_NAME_CHARS = 256;
const MAX_TOOL_CALLS = 64;

/** The error of a failed attempt. */
export interface RecordedError {
  /** Class of the error, where it is known what it means for retries. */
  readonly type?: LlmErrorType;
  /** Name of the error, or the type of a Temporal `ApplicationFailure`. */
  readonly name: string;
  /** Redacted, at most 2,048 characters; absent when the redactor failed. */
  readonly message?: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  /** HTTP status, where there was a response. */
  readonly status?: number;
}

/**
 * The record of one activity attempt, as JSON. What is not known is left out, never 0. Inputs and outputs are not in
 * it: it refers to them.
 */
export interface AgentRecord extends AgentCorrelation {
  readonly version: typeof RECORD_VERSION;
  readonly kind: 'llm' | 'tool';
  /** Name of the tool, when `kind` is `tool`. */
  readonly tool?: string;
  /** Start of the attempt, in milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** Value of `gen_ai.provider.name`: whoever answered, else what the error or the model that was asked for tells. */
  readonly provider?: string;
  /** Value of `gen_ai.operation.name`. */
  readonly operation?: string;
  /** Model and version as the response named it. */
  readonly model?: string;
  readonly requestModel?: string;
  readonly responseId?: string;
  /** As the provider reported it. */
  readonly usage?: LlmUsage;
  readonly usageSource?: UsageSource;
  readonly finish?: FinishReason;
  /** The provider's own word for `finish`. */
  readonly finishRaw?: string;
  readonly refusal?: boolean;
  /** Tools that the model asked for, the first 64. */
  readonly toolCalls?: readonly LlmToolCall[];
  /** Model turns inside this one attempt. */
  readonly turns?: number;
  /** In US dollars. */
  readonly costUsd?: number;
  readonly error?: RecordedError;
  /** Size as JSON before redaction, in bytes. */
  readonly inputBytes?: number;
  /** Size as JSON before redaction, in bytes. */
  readonly outputBytes?: number;
  readonly input: ContentRefs['input'];
  readonly output: ContentRefs['output'];
  readonly traceId?: string;
  readonly spanId?: string;
}

/** A finding as it is stored under the run that it is about. */
export interface FindingRecord extends Finding {
  readonly version: typeof RECORD_VERSION;
  readonly kind: 'finding';
  readonly namespace: string;
  /** In milliseconds since the epoch. */
  readonly foundAtMs: number;
}

/** The span that belongs to a record. */
export interface TraceIds {
  readonly traceId?: string;
  readonly spanId?: string;
}

/** @param errorMessage - redacted message of the error, or `undefined` when there is none that may be stored */
export function buildRecord(
  observation: ActivityObservation,
  refs: ContentRefs,
  traceIds: TraceIds,
  errorMessage: string | undefined,
): AgentRecord {
  const { correlation, call, tool, costUsd, inputBytes, outputBytes } = observation;
  const record: Draft<AgentRecord> = {
    version: RECORD_VERSION,
    kind: observation.kind,
    ...correlation,
    startedAtMs: observation.startedAtMs,
    durationMs: observation.durationMs,
    outcome: observation.outcome,
    input: refs.input,
    output: refs.output,
  };
  if (tool !== undefined) record.tool = short(tool);
  if (call !== undefined) addCall(record, call);
  if (observation.kind === 'llm') addRequest(record, observation);
  if (costUsd !== undefined) record.costUsd = costUsd;
  if (observation.error !== undefined) record.error = errorFields(observation, errorMessage);
  if (inputBytes !== undefined) record.inputBytes = inputBytes;
  if (outputBytes !== undefined) record.outputBytes = outputBytes;
  if (traceIds.traceId !== undefined) record.traceId = traceIds.traceId;
  if (traceIds.spanId !== undefined) record.spanId = traceIds.spanId;
  return record;
}

/** Something that is put together field by field: in the hot path that costs half of a spread for each. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

function addCall(record: Draft<AgentRecord>, call: NonNullable<ActivityObservation['call']>): void {
  const { model, requestModel, responseId, usage, finish, finishRaw, toolCalls } = call;
  record.provider = call.provider;
  record.operation = call.operation;
  if (model !== undefined) record.model = short(model);
  if (requestModel !== undefined) record.requestModel = short(requestModel);
  if (responseId !== undefined) record.responseId = short(responseId);
  if (usage !== undefined) record.usage = usage;
  record.usageSource = usage === undefined ? 'absent' : 'provider';
  if (finish !== undefined) record.finish = finish;
  if (finishRaw !== undefined) record.finishRaw = short(finishRaw);
  record.refusal = call.refusal;
  record.toolCalls = toolCalls.slice(0, MAX_TOOL_CALLS).map(({ name, id }) => ({
    name: short(name),
    ...(id === undefined ? undefined : { id: short(id) }),
  }));
  record.turns = call.turns;
}

/** What the response did not tell, or would have told. */
function addRequest(record: Draft<AgentRecord>, observation: ActivityObservation): void {
  const provider = record.provider ?? observation.errorInfo?.provider ?? observation.requestProvider;
  if (provider !== undefined) record.provider = provider;
  const { requestModel } = observation;
  if (record.requestModel === undefined && requestModel !== undefined) record.requestModel = short(requestModel);
}

function errorFields({ error, errorInfo }: ActivityObservation, message: string | undefined): RecordedError {
  const { type, retryable, retryAfterMs, status } = errorInfo ?? {};
  return {
    ...(type === undefined ? undefined : { type }),
    name: short(errorName(error)),
    ...(message === undefined ? undefined : { message }),
    ...(retryable === undefined ? undefined : { retryable }),
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
    ...(status === undefined ? undefined : { status }),
  };
}

/** Type of an ApplicationFailure, else the error's name. Errors are the user's, and their getters can throw. */
function errorName(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return typeof error;
    const { type, name } = error as { type?: unknown; name?: unknown };
    if (name === 'ApplicationFailure' && typeof type === 'string' && type !== '') return type;
    return typeof name === 'string' && name !== '' ? name : 'Error';
  } catch {
    return 'Error';
  }
}

/** Message of anything that was thrown; `undefined` when it has none. */
export function errorMessageOf(error: unknown): string | undefined {
  try {
    if (typeof error === 'string') return error;
    const message = (error as { message?: unknown } | null | undefined)?.message;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

export function buildFinding(namespace: string, finding: Finding, foundAtMs: number): FindingRecord {
  return { version: RECORD_VERSION, kind: 'finding', namespace, foundAtMs, ...finding };
}

/** Names come from responses; they are bounded like all else. */
function short(text: string): string {
  return truncate(text, MAX_NAME_CHARS);
}
