import type { Attributes, AttributeValue, Span } from '@opentelemetry/api';
import type { ActivityObservation, AgentCorrelation, ContentRefs, UsageSource } from '../activity/observation';
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

/** What is known of an attempt beside its observation. */
export interface ActivitySpanDetails {
  /** Where input and output are stored. */
  readonly refs?: ContentRefs;
  /** How the tokens are known; `provider` or `absent`, by the response, unless given. */
  readonly usageSource?: UsageSource;
}

/** `chat {model}` or `execute_tool {tool}`, as the GenAI conventions have it. */
export function spanName(
  { kind, operation = 'chat', requestModel, tool }: SpanNameParts,
  correlation: AgentCorrelation,
): string {
  if (kind === 'tool') {
    return `execute_tool ${bounded(tool ?? correlation.activityType)}`;
  }
  return requestModel === undefined ? operation : `${operation} ${bounded(requestModel)}`;
}

/**
 * Attributes that a sampler may decide by. No more than those: an SDK copies and checks what it is given here several
 * times over, and what is set later once.
 */
export function samplingAttributes({ taskType }: AgentCorrelation, { kind, requestModel }: SpanNameParts): Attributes {
  const attributes: Attributes = { [A.operationName]: operationOf(kind), [A.taskType]: taskType };
  if (requestModel !== undefined) {
    attributes[A.requestModel] = bounded(requestModel);
  }
  return attributes;
}

/** Sets what is known before the attempt runs, but for the sampler's attributes. */
export function describeStart(span: Span, correlation: AgentCorrelation): void {
  span.setAttribute(A.namespace, correlation.namespace);
  span.setAttribute(A.workflowId, correlation.workflowId);
  span.setAttribute(A.runId, correlation.runId);
  span.setAttribute(A.workflowType, correlation.workflowType);
  span.setAttribute(A.activityId, correlation.activityId);
  span.setAttribute(A.activityType, correlation.activityType);
  span.setAttribute(A.attempt, correlation.attempt);
  set(span, A.taskId, correlation.taskId);
  set(span, A.sessionId, correlation.sessionId);
  set(span, A.conversationId, correlation.sessionId);
  set(span, A.iteration, correlation.iteration);
}

/**
 * Sets what is known when the attempt has ended. An unknown value is no attribute. What only a tool has is set here and
 * not earlier, as an attribute cannot be taken back when the result turns out to be a model's.
 */
export function describeEnd(
  span: Span,
  observation: ActivityObservation,
  errorType: string | undefined,
  { refs, usageSource }: ActivitySpanDetails,
): void {
  const isModelCall = observation.kind === 'llm';
  span.setAttribute(A.outcome, observation.outcome);
  set(span, A.errorType, errorType);
  set(span, A.retryable, observation.errorInfo?.retryable);
  set(span, A.inputSizeBytes, refs?.input.bytes ?? observation.inputBytes);
  set(span, A.outputSizeBytes, refs?.output.bytes ?? observation.outputBytes);
  set(span, A.inputSha256, refs?.input.sha256);
  set(span, A.outputSha256, refs?.output.sha256);
  set(span, isModelCall ? A.inputMessagesRef : A.toolInputRef, refs?.input.uri);
  set(span, isModelCall ? A.outputMessagesRef : A.toolOutputRef, refs?.output.uri);
  if (isModelCall) {
    describeModelCall(span, observation, usageSource);
  } else {
    span.setAttribute(A.toolName, bounded(observation.tool ?? observation.correlation.activityType));
  }
}

function describeModelCall(span: Span, observation: ActivityObservation, usageSource: UsageSource | undefined): void {
  const { call, errorInfo } = observation;
  const provider = call?.provider ?? errorInfo?.provider ?? observation.requestProvider;
  span.setAttribute(A.providerName, provider === undefined ? '_OTHER' : bounded(provider));
  span.setAttribute(A.operationName, call?.operation ?? operationOf('llm'));
  setBounded(span, A.requestModel, call?.requestModel ?? observation.requestModel);
  set(span, A.costUsd, observation.costUsd);
  if (call !== undefined) {
    span.setAttribute(A.usageSource, usageSource ?? (call.usage === undefined ? 'absent' : 'provider'));
    describeResponse(span, call);
  }
}

function describeResponse(span: Span, call: LlmCall): void {
  setBounded(span, A.responseModel, call.model);
  setBounded(span, A.responseId, call.responseId);
  set(span, A.inputTokens, call.usage?.inputTokens);
  set(span, A.outputTokens, call.usage?.outputTokens);
  set(span, A.cacheReadInputTokens, call.usage?.cacheReadTokens);
  set(span, A.cacheCreationInputTokens, call.usage?.cacheWriteTokens);
  set(span, A.reasoningOutputTokens, call.usage?.reasoningTokens);
  set(span, A.finishReasons, call.finish && [call.finish]);
  set(span, A.refusal, call.refusal || undefined);
}

function operationOf(kind: SpanNameParts['kind']): string {
  return kind === 'llm' ? 'chat' : 'execute_tool';
}

function set(span: Span, name: string, value: AttributeValue | undefined): void {
  if (value !== undefined) {
    span.setAttribute(name, value);
  }
}

function setBounded(span: Span, name: string, value: string | undefined): void {
  if (value !== undefined) {
    span.setAttribute(name, bounded(value));
  }
}

/** Names come from responses and arguments, so they can be of any length. */
function bounded(value: string): string {
  return value.length > KEYWORD_MAX_CHARS ? value.slice(0, KEYWORD_MAX_CHARS) : value;
}
