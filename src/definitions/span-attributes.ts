/**
 * Names of span and log attributes: the GenAI conventions v1.41 of OpenTelemetry, the reference names of its Python
 * upload hook for content that is stored elsewhere, and our own under `temporal.agent.`.
 *
 * @module
 */

/** Name of the instrumentation scope of our spans and OpenTelemetry metrics. */
export const INSTRUMENTATION_SCOPE = 'temporal-agent-observability';

export const SEMCONV_SCHEMA_URL = 'https://opentelemetry.io/schemas/1.41.0';

/** Name of the event that a finding leaves on the span of the attempt that it was seen in. */
export const FINDING_EVENT = 'temporal.agent.finding';

/** Attributes of that event. */
export const FINDING_EVENT_ATTRIBUTES = {
  id: 'temporal.agent.finding.id',
  severity: 'temporal.agent.finding.severity',
  message: 'temporal.agent.finding.message',
} as const;

export const SPAN_ATTRIBUTES = {
  operationName: 'gen_ai.operation.name',
  providerName: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheCreationInputTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningOutputTokens: 'gen_ai.usage.reasoning.output_tokens',
  conversationId: 'gen_ai.conversation.id',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  inputMessagesRef: 'gen_ai.input.messages_ref',
  outputMessagesRef: 'gen_ai.output.messages_ref',
  errorType: 'error.type',
  inputSizeBytes: 'temporal.agent.input.size_bytes',
  outputSizeBytes: 'temporal.agent.output.size_bytes',
  inputSha256: 'temporal.agent.input.sha256',
  outputSha256: 'temporal.agent.output.sha256',
  toolInputRef: 'temporal.agent.tool.input_ref',
  toolOutputRef: 'temporal.agent.tool.output_ref',
  usageSource: 'temporal.agent.usage.source',
  costUsd: 'temporal.agent.cost_usd',
  refusal: 'temporal.agent.refusal',
  outcome: 'temporal.agent.outcome',
  retryable: 'temporal.agent.error.retryable',
  taskType: 'temporal.agent.task_type',
  taskId: 'temporal.agent.task_id',
  sessionId: 'temporal.agent.session_id',
  iteration: 'temporal.agent.iteration',
  namespace: 'temporal.namespace',
  workflowId: 'temporal.workflow.id',
  runId: 'temporal.workflow.run_id',
  workflowType: 'temporal.workflow.type',
  activityId: 'temporal.activity.id',
  activityType: 'temporal.activity.type',
  attempt: 'temporal.activity.attempt',
} as const;

/** Most attributes that a span of ours carries; OpenTelemetry drops what comes after its own limit of 128 silently. */
export const MAX_SPAN_ATTRIBUTES = 40;
