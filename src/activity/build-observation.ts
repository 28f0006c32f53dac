import { CancelledFailure } from '@temporalio/common';
import { classifyLlmError, isLlmError } from '../llm/classify-llm-error';
import { readLlmCallOr } from '../llm/read-llm-call';
import type { LlmCall, LlmErrorInfo } from '../llm/types';
import type { AttemptObserver, AttemptStart } from './attempt-observer';
import type { ActivityObservation, Outcome } from './observation';

/** How an attempt ended. */
export type AttemptEnd = { readonly result: unknown } | { readonly error: unknown };

/** Reads what one attempt came to. */
export function buildObservation(
  start: AttemptStart,
  input: readonly unknown[],
  end: AttemptEnd,
  durationMs: number,
  observer: AttemptObserver,
): ActivityObservation {
  return 'error' in end
    ? failedObservation(start, input, end.error, durationMs, observer)
    : endedObservation(start, input, end.result, durationMs, observer);
}

function failedObservation(
  start: AttemptStart,
  input: readonly unknown[],
  error: unknown,
  durationMs: number,
  observer: AttemptObserver,
): ActivityObservation {
  const inputMeasure = observer.measure(input);
  const isModelCall = start.expected === 'llm' || isLlmError(error);
  const errorInfo = classifyLlmError(error);
  return {
    correlation: start.correlation,
    kind: isModelCall ? 'llm' : 'tool',
    tool: isModelCall ? undefined : start.tool,
    startedAtMs: start.startedAtMs,
    durationMs,
    outcome: failureOutcome(error, errorInfo),
    requestModel: start.requestModel,
    requestProvider: start.requestProvider,
    errorInfo: isModelCall ? errorInfo : undefined,
    error,
    input,
    inputBytes: inputMeasure?.bytes,
    inputMeasure,
  };
}

function endedObservation(
  start: AttemptStart,
  input: readonly unknown[],
  output: unknown,
  durationMs: number,
  observer: AttemptObserver,
): ActivityObservation {
  const { requestModel, requestProvider, correlation } = start;
  const hints = { activityType: correlation.activityType, request: { model: requestModel } };
  const call = readLlmCallOr((error) => observer.report('reader', error), output, hints);
  const isModelCall = call !== undefined || start.isModelActivity;
  const inputMeasure = observer.measure(input);
  const outputMeasure = observer.measure(output);
  return {
    correlation,
    kind: isModelCall ? 'llm' : 'tool',
    tool: isModelCall ? undefined : start.tool,
    startedAtMs: start.startedAtMs,
    durationMs,
    outcome: callOutcome(call),
    requestModel,
    requestProvider,
    call,
    costUsd: call?.usage && observer.cost(call),
    input,
    output,
    inputBytes: inputMeasure?.bytes,
    outputBytes: outputMeasure?.bytes,
    inputMeasure,
    outputMeasure,
  };
}

/** A refusal or a filter looks like success to the workflow, and a provider's failure can arrive with HTTP 200. */
function callOutcome(call: LlmCall | undefined): Outcome {
  if (call?.refusal) return 'refusal';
  if (call?.finish === 'content_filter') return 'content_filter';
  return call?.finish === 'error' ? 'error' : 'ok';
}

function failureOutcome(error: unknown, { type }: LlmErrorInfo): Outcome {
  if (error instanceof CancelledFailure || type === 'cancelled') return 'cancelled';
  return type === 'timeout' || type === 'content_filter' || type === 'refusal' ? type : 'error';
}
