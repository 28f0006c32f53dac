/**
 * Metrics that only workers export.
 *
 * @module
 */

import type { MetricDefinition } from './metric-definition';

const LLM_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800] as const;
const TOOL_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800] as const;
const APPROVAL_SECONDS = [10, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 259200, 604800] as const;
const PAYLOAD_BYTES = [1024, 4096, 16384, 65536, 262144, 524288, 1048576, 2097152, 4194304] as const;

const CALL = ['temporal_namespace', 'task_type', 'provider', 'model'] as const;

export const WORKER_METRICS = {
  llmCallDuration: {
    name: 'temporal_agent_llm_call_duration_seconds',
    type: 'histogram',
    help: 'Duration of model calls, one observation per activity attempt.',
    labels: [...CALL, 'outcome'],
    buckets: LLM_SECONDS,
  },
  llmInputTokens: {
    name: 'temporal_agent_llm_input_tokens_total',
    type: 'counter',
    help: 'Input tokens as reported by providers, cached tokens included.',
    labels: CALL,
  },
  llmOutputTokens: {
    name: 'temporal_agent_llm_output_tokens_total',
    type: 'counter',
    help: 'Output tokens as reported by providers, reasoning tokens included.',
    labels: CALL,
  },
  llmCacheReadInputTokens: {
    name: 'temporal_agent_llm_cache_read_input_tokens_total',
    type: 'counter',
    help: 'Input tokens read from a cache: a subset of the input tokens.',
    labels: CALL,
  },
  llmCacheWriteInputTokens: {
    name: 'temporal_agent_llm_cache_write_input_tokens_total',
    type: 'counter',
    help: 'Input tokens written to a cache: a subset of the input tokens.',
    labels: CALL,
  },
  llmReasoningOutputTokens: {
    name: 'temporal_agent_llm_reasoning_output_tokens_total',
    type: 'counter',
    help: 'Output tokens spent on reasoning: a subset of the output tokens.',
    labels: CALL,
  },
  llmEstimatedInputTokens: {
    name: 'temporal_agent_llm_estimated_input_tokens_total',
    type: 'counter',
    help: 'Input tokens estimated by a tokenizer because the response carried no usage.',
    labels: CALL,
  },
  llmEstimatedOutputTokens: {
    name: 'temporal_agent_llm_estimated_output_tokens_total',
    type: 'counter',
    help: 'Output tokens estimated by a tokenizer because the response carried no usage.',
    labels: CALL,
  },
  llmCost: {
    name: 'temporal_agent_llm_cost_usd_total',
    type: 'counter',
    help: 'Cost of model calls in US dollars, for models with a known price.',
    labels: CALL,
  },
  llmErrors: {
    name: 'temporal_agent_llm_errors_total',
    type: 'counter',
    help: 'Failed model calls, one per activity attempt.',
    labels: [...CALL, 'error_type', 'retryable'],
  },
  llmUsageMissing: {
    name: 'temporal_agent_llm_usage_missing_total',
    type: 'counter',
    help: 'Model responses that carried no token usage.',
    labels: CALL,
  },
  llmModelUnknown: {
    name: 'temporal_agent_llm_model_unknown_total',
    type: 'counter',
    help: 'Model calls with usage whose cost is left out because no price is known.',
    labels: CALL,
  },
  toolCallDuration: {
    name: 'temporal_agent_tool_call_duration_seconds',
    type: 'histogram',
    help: 'Duration of tool calls, one observation per activity attempt.',
    labels: ['temporal_namespace', 'task_type', 'tool', 'outcome'],
    buckets: TOOL_SECONDS,
  },
  payloadBytes: {
    name: 'temporal_agent_payload_bytes',
    type: 'histogram',
    help: 'Size of payloads as JSON, before any codec, by the boundary that they cross.',
    labels: ['temporal_namespace', 'boundary'],
    buckets: PAYLOAD_BYTES,
  },
  transformBytes: {
    name: 'temporal_agent_transform_bytes',
    type: 'histogram',
    help: 'Size of tool outputs as JSON, before and after a transform, by its registered name and the stage.',
    labels: ['temporal_namespace', 'transform', 'stage'],
    buckets: PAYLOAD_BYTES,
  },
  transformsRegistered: {
    name: 'temporal_agent_transforms_registered',
    type: 'gauge',
    help: '1 while a worker runs workflow code that registers the transform and has run a workflow, else 0.',
    labels: ['temporal_namespace', 'task_queue', 'transform'],
  },
  approvalsRequested: {
    name: 'temporal_agent_approvals_requested_total',
    type: 'counter',
    help: 'Approvals that agents asked for; counted at least once, exact figures are those of the exporter.',
    labels: ['temporal_namespace', 'task_type'],
  },
  approvalsDecided: {
    name: 'temporal_agent_approvals_decided_total',
    type: 'counter',
    help: 'Approvals that came to their end, by outcome; counted at least once.',
    labels: ['temporal_namespace', 'task_type', 'outcome'],
  },
  approvalDecision: {
    name: 'temporal_agent_approval_decision_seconds',
    type: 'histogram',
    help: 'Time from the request of an approval to its end; observed at least once.',
    labels: ['temporal_namespace', 'task_type', 'outcome'],
    buckets: APPROVAL_SECONDS,
  },
  contentWritten: {
    name: 'temporal_agent_content_written_total',
    type: 'counter',
    help: 'Contents written to the content store.',
    labels: ['temporal_namespace'],
    startAtZero: [{}],
  },
  contentFailed: {
    name: 'temporal_agent_content_failed_total',
    type: 'counter',
    help: 'Contents that the content store did not take.',
    labels: ['temporal_namespace'],
    startAtZero: [{}],
  },
  contentDropped: {
    name: 'temporal_agent_content_dropped_total',
    type: 'counter',
    help: 'Contents and records given up because a bound was reached or they could not be captured.',
    labels: ['temporal_namespace'],
    startAtZero: [{}],
  },
  contentSpoolBytes: {
    name: 'temporal_agent_content_spool_bytes',
    type: 'gauge',
    help: 'Bytes of content that wait to be stored.',
    labels: ['temporal_namespace'],
  },
  workersRunning: {
    name: 'temporal_agent_workers_running',
    type: 'gauge',
    help: 'Workers with the plugin that run in the process, those that drain included.',
    labels: ['temporal_namespace', 'task_queue'],
  },
  workersFailed: {
    name: 'temporal_agent_workers_failed',
    type: 'gauge',
    help: 'Workers that ended with an error in the process, since one of the task queue was last started in it.',
    labels: ['temporal_namespace', 'task_queue'],
  },
  searchAttributesEnabled: {
    name: 'temporal_agent_search_attributes_enabled',
    type: 'gauge',
    help: '1 while new runs may write search attributes, else 0.',
    labels: ['temporal_namespace', 'task_queue'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;
