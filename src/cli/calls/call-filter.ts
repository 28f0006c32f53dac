import type { Outcome } from '../../activity/observation';
import type { IndexedCall } from '../../content/call-index';
import type { LlmErrorType } from '../../llm/types';
import { cleanLabelValue } from '../../metrics/label-value';

/** Which calls are asked for. Names are those of metrics and alerts, so that a label can be taken over as it is. */
export interface CallFilter {
  readonly taskType?: string;
  /** Or `unknown`. */
  readonly provider?: string;
  /** As a response named it, or as it was asked for; or `unknown`. */
  readonly model?: string;
  readonly outcome?: readonly Outcome[];
  readonly errorType?: readonly LlmErrorType[];
  /** In milliseconds. */
  readonly slowerThan?: number;
}

export function isAskedFor(call: IndexedCall, filter: CallFilter): boolean {
  const { taskType, provider, model, outcome, errorType, slowerThan } = filter;
  return (
    (taskType === undefined || cleanLabelValue(call.taskType) === taskType) &&
    (provider === undefined || cleanLabelValue(call.provider) === provider) &&
    (model === undefined ||
      call.requestModel === model ||
      cleanLabelValue(call.model ?? call.requestModel) === model) &&
    (outcome === undefined || outcome.includes(call.outcome)) &&
    (errorType === undefined || (call.errorType !== undefined && errorType.includes(call.errorType))) &&
    (slowerThan === undefined || call.durationMs > slowerThan)
  );
}
