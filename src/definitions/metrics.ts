/**
 * Every metric that workers export. Code, docs, dashboards, rules and tests read this table.
 *
 * @module
 */

import { OBSERVER_PARTS } from './observer-parts';

export type MetricType = 'counter' | 'gauge' | 'histogram';

export interface MetricDefinition {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
  /**
   * Label sets that start at 0, so that the first increase is seen: `increase()` of a counter that first appears at 1
   * is 0. `temporal_namespace` is added to each.
   */
  readonly startAtZero?: readonly Readonly<Record<string, string>>[];
}

const LLM_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1200, 1800] as const;
const TOOL_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800] as const;
const PAYLOAD_BYTES = [1024, 4096, 16384, 65536, 262144, 524288, 1048576, 2097152, 4194304] as const;

const CALL = ['temporal_namespace', 'task_type', 'provider', 'model'] as const;

export const METRICS = {
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
  findings: {
    name: 'temporal_agent_findings_total',
    type: 'counter',
    help: 'Detected instances of failure patterns.',
    labels: ['temporal_namespace', 'finding', 'severity', 'task_type', 'workflow_type'],
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
  observerErrors: {
    name: 'temporal_agent_observer_errors_total',
    type: 'counter',
    help: 'Errors inside the observer itself; the agent is not affected.',
    labels: ['temporal_namespace', 'part'],
    startAtZero: OBSERVER_PARTS.map((part) => ({ part })),
  },
  seriesOverflow: {
    name: 'temporal_agent_series_overflow_total',
    type: 'counter',
    help: 'Label values replaced by "other" because their label or metric reached its cap.',
    labels: ['temporal_namespace', 'metric'],
  },
  searchAttributesEnabled: {
    name: 'temporal_agent_search_attributes_enabled',
    type: 'gauge',
    help: '1 while new runs may write search attributes, else 0.',
    labels: ['temporal_namespace', 'task_queue'],
  },
  buildInfo: {
    name: 'temporal_agent_build_info',
    type: 'gauge',
    help: 'Always 1; the labels name the version in use.',
    labels: ['temporal_namespace', 'version', 'temporal_sdk_version'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricKey = keyof typeof METRICS;
