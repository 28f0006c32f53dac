import type { ActivityObservation, Outcome } from '../activity/observation';
import { isPending } from '../llm/is-pending';
import type { LlmUsage } from '../llm/types';
import { UNKNOWN_LABEL } from './label-value';
import type { CounterKey, MetricLabels } from './metric-keys';
import type { NamespaceMetrics } from './namespace-metrics';

const INPUT = { boundary: 'activity_input' } as const;
const RESULT = { boundary: 'activity_result' } as const;

/** Labels that all metrics of one model call share. */
export type CallLabels = MetricLabels<'llmInputTokens'>;

type DurationLabels = MetricLabels<'llmCallDuration'>;

let latest: CallLabels = { task_type: '', provider: '', model: '' };
let latestDuration: { readonly of: CallLabels; readonly labels: DurationLabels } | undefined;

/** The model is the one that answered, else the one that was asked for. The same object as before for the same labels. */
export function callLabels(observation: ActivityObservation): CallLabels {
  const { correlation, call, errorInfo } = observation;
  const { taskType } = correlation;
  const provider = call?.provider ?? errorInfo?.provider ?? observation.requestProvider ?? UNKNOWN_LABEL;
  const model = call?.model ?? call?.requestModel ?? observation.requestModel ?? UNKNOWN_LABEL;
  if (latest.model !== model || latest.task_type !== taskType || latest.provider !== provider) {
    latest = { task_type: taskType, provider, model };
  }
  return latest;
}

function durationLabels(of: CallLabels, outcome: Outcome): DurationLabels {
  if (latestDuration?.of !== of || latestDuration.labels.outcome !== outcome) {
    latestDuration = { of, labels: { ...of, outcome } };
  }
  return latestDuration.labels;
}

/** Counts one activity attempt. Tokens are those that the provider reported; nothing is counted for what it did not. */
export function observeActivity(metrics: NamespaceMetrics, observation: ActivityObservation): void {
  const { correlation, outcome } = observation;
  const seconds = observation.durationMs / 1000;
  if (observation.inputBytes !== undefined) {
    metrics.observe('payloadBytes', INPUT, observation.inputBytes);
  }
  if (observation.outputBytes !== undefined) {
    metrics.observe('payloadBytes', RESULT, observation.outputBytes);
  }
  if (observation.kind === 'llm') {
    observeModelCall(metrics, observation, seconds);
    return;
  }
  const tool = observation.tool ?? correlation.activityType;
  metrics.observe('toolCallDuration', { task_type: correlation.taskType, tool, outcome }, seconds);
}

/** Counts tokens that a tokenizer estimated because the response carried no usage; they come later than the rest. */
export function observeEstimatedTokens(
  metrics: NamespaceMetrics,
  observation: ActivityObservation,
  estimated: Pick<LlmUsage, 'inputTokens' | 'outputTokens'>,
): void {
  const labels = callLabels(observation);
  add(metrics, 'llmEstimatedInputTokens', labels, estimated.inputTokens);
  add(metrics, 'llmEstimatedOutputTokens', labels, estimated.outputTokens);
}

function observeModelCall(metrics: NamespaceMetrics, observation: ActivityObservation, seconds: number): void {
  const { call, errorInfo, outcome } = observation;
  const labels = callLabels(observation);
  metrics.observe('llmCallDuration', durationLabels(labels, outcome), seconds);
  if (errorInfo !== undefined) {
    const { type, retryable } = errorInfo;
    metrics.inc('llmErrors', { ...labels, error_type: type, retryable: String(retryable) });
  }
  if (call === undefined || isPending(call)) {
    return;
  }
  if (call.usage === undefined) {
    metrics.inc('llmUsageMissing', labels);
    return;
  }
  addUsage(metrics, labels, call.usage);
  add(metrics, 'llmCost', labels, observation.costUsd);
}

function addUsage(metrics: NamespaceMetrics, labels: CallLabels, usage: LlmUsage): void {
  add(metrics, 'llmInputTokens', labels, usage.inputTokens);
  add(metrics, 'llmOutputTokens', labels, usage.outputTokens);
  add(metrics, 'llmCacheReadInputTokens', labels, usage.cacheReadTokens);
  add(metrics, 'llmCacheWriteInputTokens', labels, usage.cacheWriteTokens);
  add(metrics, 'llmReasoningOutputTokens', labels, usage.reasoningTokens);
}

function add(
  metrics: NamespaceMetrics,
  key: Extract<CounterKey, `llm${string}Tokens` | 'llmCost'>,
  labels: CallLabels,
  amount: number | undefined,
): void {
  if (amount !== undefined) {
    metrics.inc(key, labels, amount);
  }
}
