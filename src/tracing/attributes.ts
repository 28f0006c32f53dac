import type { Attributes } from '@opentelemetry/api';
import type { ActivityObservation, AgentCorrelation, ContentRef, UsageSource } from '../activity/observation';
import { KEYWORD_MAX_CHARS } from '../definitions/limits';
import { SPAN_ATTRIBUTES as A } from '../definitions/span-attributes';
import type { LlmCall } from '../llm/types';

/** What a span's name is made of. */
export interface SpanNameParts {
  readonly kind: 'llm' | 'tool';
  readonly operation?: string | undefined;
  readonly requestModel?: string | undefined;
  readonly tool?: string | undefined;
}

/** `chat {model}` or `execute_tool {tool}`, as the GenAI conventions have it. */
export function spanName(
  { kind, operation = 'chat', requestModel, tool }: SpanNameParts,
  correlation: AgentCorrelation,
) {
  if (kind === 'tool') {
    return `execute_tool ${bounded(tool ?? correlation.activityType)}`;
  }
  return requestModel === undefined ? operation : `${operation} ${bounded(requestModel)}`;
}

/**
 * Attributes that are known before the attempt runs: what samplers can decide by. Those that only a tool has come at the
 * end, as an attribute cannot be taken back when the result turns out to be a model's.
 */
export function startAttributes(correlation: AgentCorrelation, { kind, requestModel }: SpanNameParts): Attributes {
  const attributes: Attributes = {
    [A.operationName]: kind === 'llm' ? 'chat' : 'execute_tool',
    [A.namespace]: correlation.namespace,
    [A.workflowId]: correlation.workflowId,
    [A.runId]: correlation.runId,
    [A.workflowType]: correlation.workflowType,
    [A.activityId]: correlation.activityId,
    [A.activityType]: correlation.activityType,
    [A.attempt]: correlation.attempt,
    [A.taskType]: correlation.taskType,
  };
  if (correlation.taskId !== undefined) {
    attributes[A.taskId] = correlation.taskId;
  }
  if (correlation.sessionId !== undefined) {
    attributes[A.sessionId] = correlation.sessionId;
    attributes[A.conversationId] = correlation.sessionId;
  }
  if (correlation.iteration !== undefined) {
    attributes[A.iteration] = correlation.iteration;
  }
  if (requestModel !== undefined) {
    attributes[A.requestModel] = bounded(requestModel);
  }
  return attributes;
}

/** Attributes that are known when the attempt has ended. An unknown value is no attribute. */
export function outcomeAttributes(
  observation: ActivityObservation,
  errorType: string | undefined,
  details: {
    readonly refs?: { readonly input: ContentRef; readonly output: ContentRef };
    readonly usageSource?: UsageSource;
  },
): Attributes {
  const { kind, call, errorInfo } = observation;
  const attributes: Attributes = { [A.outcome]: observation.outcome };
  const input = details.refs?.input;
  const output = details.refs?.output;
  set(attributes, A.errorType, errorType);
  set(attributes, A.retryable, errorInfo?.retryable);
  set(attributes, A.inputSizeBytes, input?.bytes ?? observation.inputBytes);
  set(attributes, A.outputSizeBytes, output?.bytes ?? observation.outputBytes);
  set(attributes, A.inputSha256, input?.sha256);
  set(attributes, A.outputSha256, output?.sha256);
  set(attributes, kind === 'llm' ? A.inputMessagesRef : A.toolInputRef, input?.uri);
  set(attributes, kind === 'llm' ? A.outputMessagesRef : A.toolOutputRef, output?.uri);
  if (kind === 'tool') {
    attributes[A.toolName] = bounded(observation.tool ?? observation.correlation.activityType);
    return attributes;
  }
  attributes[A.providerName] = bounded(call?.provider ?? errorInfo?.provider ?? '_OTHER');
  attributes[A.operationName] = call?.operation ?? 'chat';
  set(attributes, A.costUsd, observation.costUsd);
  if (call !== undefined) {
    attributes[A.usageSource] = details.usageSource ?? (call.usage === undefined ? 'absent' : 'provider');
    setCall(attributes, call);
  }
  return attributes;
}

function setCall(attributes: Attributes, call: LlmCall): void {
  setBounded(attributes, A.requestModel, call.requestModel);
  setBounded(attributes, A.responseModel, call.model);
  setBounded(attributes, A.responseId, call.responseId);
  set(attributes, A.inputTokens, call.usage?.inputTokens);
  set(attributes, A.outputTokens, call.usage?.outputTokens);
  set(attributes, A.cacheReadInputTokens, call.usage?.cacheReadTokens);
  set(attributes, A.cacheCreationInputTokens, call.usage?.cacheWriteTokens);
  set(attributes, A.reasoningOutputTokens, call.usage?.reasoningTokens);
  if (call.finish !== undefined) {
    attributes[A.finishReasons] = [call.finish];
  }
  if (call.refusal) {
    attributes[A.refusal] = true;
  }
}

/** What an error's type may look like; anything else could be a message. */
const IDENTIFIER = /^[\w.$:-]{1,64}$/;

/** Value of `error.type`, when the attempt failed. */
export function errorTypeOf({ outcome, errorInfo, error }: ActivityObservation): string | undefined {
  if (outcome !== 'error' && outcome !== 'timeout' && outcome !== 'cancelled') {
    return undefined;
  }
  if (errorInfo !== undefined && errorInfo.type !== '_OTHER') {
    return errorInfo.type;
  }
  // Temporal's ApplicationFailure names its class in `type`: its `name` is the same for all.
  const named = (error ?? {}) as { type?: unknown; name?: unknown };
  const type = [named.type, named.name].find((name) => typeof name === 'string' && IDENTIFIER.test(name));
  return typeof type === 'string' ? type : '_OTHER';
}

function set(attributes: Attributes, name: string, value: string | number | boolean | undefined): void {
  if (value !== undefined) {
    attributes[name] = value;
  }
}

function setBounded(attributes: Attributes, name: string, value: string | undefined): void {
  if (value !== undefined) {
    attributes[name] = bounded(value);
  }
}

/** Names come from responses and arguments, so they can be of any length. */
function bounded(value: string): string {
  return value.length > KEYWORD_MAX_CHARS ? value.slice(0, KEYWORD_MAX_CHARS) : value;
}
