import { CancelledFailure } from '@temporalio/common';
import { defined } from '../definitions/agent-header';
import type { ReportError } from '../definitions/observer-parts';
import { classifyLlmError, isLlmError } from '../llm/classify-llm-error';
import { readLlmCallOr } from '../llm/read-llm-call';
import type { LlmCall, LlmErrorInfo } from '../llm/types';
import type { AttemptObserver, AttemptStart } from './attempt-observer';
import type { ActivityObservation, Outcome } from './observation';

/** How an attempt ended. */
export type AttemptEnd = { readonly result: unknown } | { readonly error: unknown };

/** Time of an attempt, in milliseconds. */
export interface AttemptTime {
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** Reads what one attempt came to. */
export function buildObservation(
  start: AttemptStart,
  input: readonly unknown[],
  end: AttemptEnd,
  time: AttemptTime,
  observer: AttemptObserver,
): ActivityObservation {
  const { correlation, tool, requestModel, requestProvider } = start;
  const observation = {
    correlation,
    ...time,
    requestModel,
    requestProvider,
    input,
    inputBytes: observer.measure(input),
  };

  if ('error' in end) {
    const { error } = end;
    const isModelCall = start.expected === 'llm' || isLlmError(error);
    const errorInfo = classifyLlmError(error);
    return defined({
      ...observation,
      ...(isModelCall ? { kind: 'llm' as const, errorInfo } : { kind: 'tool' as const, tool }),
      outcome: failureOutcome(error, errorInfo),
      error,
    }) as ActivityObservation;
  }

  const output = end.result;
  const call = readCall(output, input, correlation.activityType, observer.report);
  const isModelCall = call !== undefined || start.isModelActivity;
  return defined({
    ...observation,
    ...(isModelCall ? { kind: 'llm' as const, call } : { kind: 'tool' as const, tool }),
    outcome: callOutcome(call),
    costUsd: call?.usage && observer.cost(call),
    output,
    outputBytes: observer.measure(output),
  }) as ActivityObservation;
}

function readCall(
  result: unknown,
  request: readonly unknown[],
  activityType: string,
  report: ReportError,
): LlmCall | undefined {
  return readLlmCallOr((error) => report('reader', error), result, { activityType, request });
}

/** A refusal or a filter looks like success to the workflow, and a provider's failure can arrive with HTTP 200. */
function callOutcome(call: LlmCall | undefined): Outcome {
  if (call?.finish === 'content_filter' && !call.refusal) return 'content_filter';
  if (call?.refusal) return 'refusal';
  return call?.finish === 'error' ? 'error' : 'ok';
}

function failureOutcome(error: unknown, { type }: LlmErrorInfo): Outcome {
  if (error instanceof CancelledFailure || type === 'cancelled') return 'cancelled';
  return type === 'timeout' || type === 'content_filter' || type === 'refusal' ? type : 'error';
}
