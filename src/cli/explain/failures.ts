import type { ExplainedFailure } from './explanation';

/** The part of Temporal's failure message that the story needs. */
export interface FailureMessage {
  readonly message?: string | null;
  readonly cause?: FailureMessage | null;
  readonly applicationFailureInfo?: { readonly type?: string | null; readonly nonRetryable?: boolean | null } | null;
  readonly timeoutFailureInfo?: { readonly timeoutType?: number | string | null } | null;
  readonly canceledFailureInfo?: object | null;
  readonly terminatedFailureInfo?: object | null;
  readonly activityFailureInfo?: object | null;
  readonly childWorkflowExecutionFailureInfo?: object | null;
  readonly encodedAttributes?: object | null;
}

const TIMEOUT_TYPES = ['UNSPECIFIED', 'START_TO_CLOSE', 'SCHEDULE_TO_START', 'SCHEDULE_TO_CLOSE', 'HEARTBEAT'];
const MAX_DEPTH = 10;
const MAX_MESSAGE_CHARS = 300;

/** Redacts secrets in a text. Injected, because error messages may quote prompts. */
export type RedactText = (text: string) => string;

/** The failure that began it all: wrappers such as "Activity task failed" say nothing about the agent. */
export function explainFailure(failure: FailureMessage, redact: RedactText): ExplainedFailure {
  const root = rootFailure(failure);
  const type = failureType(root);
  const nonRetryable = root.applicationFailureInfo?.nonRetryable;
  return {
    ...(type !== undefined ? { type } : {}),
    message: failureMessage(root, redact),
    ...(nonRetryable === true ? { retryable: false } : {}),
  };
}

export function shorten(text: string, redact: RedactText): string {
  const line = redact(text).replace(/\s+/g, ' ').trim();
  return line.length <= MAX_MESSAGE_CHARS ? line : `${line.slice(0, MAX_MESSAGE_CHARS)}…`;
}

function rootFailure(failure: FailureMessage): FailureMessage {
  let current = failure;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const wraps = current.activityFailureInfo != null || current.childWorkflowExecutionFailureInfo != null;
    if (!wraps || current.cause == null) return current;
    current = current.cause;
  }
  return current;
}

function failureType(failure: FailureMessage): string | undefined {
  if (failure.applicationFailureInfo != null) return failure.applicationFailureInfo.type || 'ApplicationFailure';
  if (failure.timeoutFailureInfo != null) {
    const { timeoutType } = failure.timeoutFailureInfo;
    const name = typeof timeoutType === 'string' ? timeoutType : TIMEOUT_TYPES[timeoutType ?? 0];
    return `TIMEOUT_TYPE_${(name ?? 'UNSPECIFIED').replace('TIMEOUT_TYPE_', '')}`;
  }
  if (failure.canceledFailureInfo != null) return 'Cancelled';
  if (failure.terminatedFailureInfo != null) return 'Terminated';
  return undefined;
}

function failureMessage(failure: FailureMessage, redact: RedactText): string {
  // A codec that encodes failures leaves "Encoded failure" behind and hides the rest.
  if (failure.encodedAttributes != null) return 'the failure is encrypted or encoded and cannot be read here';
  return shorten(failure.message ?? '', redact);
}
