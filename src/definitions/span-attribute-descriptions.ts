/**
 * What each span attribute says, for the documentation.
 *
 * @module
 */

import type { SPAN_ATTRIBUTES } from './span-attributes';

export const SPAN_ATTRIBUTE_DESCRIPTIONS = {
  operationName: 'What the model was asked to do, or `execute_tool`.',
  providerName: 'Provider that answered.',
  requestModel: 'Model that was asked for.',
  responseModel: 'Model and version that answered.',
  responseId: "The provider's id of the response.",
  finishReasons: 'Why the model stopped.',
  inputTokens: 'Input tokens as the provider reported them, cached ones included.',
  outputTokens: 'Output tokens as the provider reported them, reasoning included.',
  cacheReadInputTokens: 'Of the input tokens, those read from a cache.',
  cacheCreationInputTokens: 'Of the input tokens, those written to a cache.',
  reasoningOutputTokens: 'Of the output tokens, those spent on reasoning.',
  conversationId: "The user's session, if the application gave one.",
  toolName: 'Tool that was called.',
  toolCallId: "The model's id of the tool call.",
  inputMessagesRef: "Where the model call's input is stored.",
  outputMessagesRef: "Where the model call's output is stored.",
  errorType: 'Class of the error, when the attempt failed.',
  inputSizeBytes: 'Size of the input as JSON, before any codec.',
  outputSizeBytes: 'Size of the output as JSON, before any codec.',
  inputSha256: 'Hash under which the input is stored.',
  outputSha256: 'Hash under which the output is stored.',
  toolInputRef: "Where the tool call's input is stored.",
  toolOutputRef: "Where the tool call's output is stored.",
  usageSource: 'How the tokens are known: `provider`, `estimated` or `absent`.',
  costUsd: 'Cost of the call in US dollars; absent where no price is known.',
  refusal: 'Whether the model refused.',
  outcome: 'How the attempt ended: `ok`, `error`, `timeout`, `cancelled`, `refusal`, `content_filter`.',
  retryable: 'Whether the error can go away by trying again.',
  taskType: 'Kind of work the agent does.',
  taskId: "The application's id of the piece of work.",
  sessionId: "The application's id of the user's session.",
  iteration: 'Model turns of the task before this activity was scheduled.',
  namespace: 'Temporal namespace.',
  workflowId: 'Workflow id.',
  runId: 'Run id.',
  workflowType: 'Workflow type.',
  activityId: 'Activity id.',
  activityType: 'Activity type.',
  attempt: 'Attempt of the activity, from 1.',
} as const satisfies Readonly<Record<keyof typeof SPAN_ATTRIBUTES, string>>;
