import type { LlmErrorInfo, LlmErrorType } from '../types';
import type { LlmErrorReader } from './error-fields';
import { number, prop, text } from './error-fields';
import { isRetryable } from './http-error';

/** Failure types of `@temporalio/openai-agents`, below `ModelInvocationError.`. */
const MODEL_INVOCATION: Readonly<Record<string, LlmErrorType>> = {
  RateLimit: 'rate_limited',
  Authentication: 'auth',
  BadRequest: 'bad_request',
  Timeout: 'timeout',
  Conflict: 'bad_request',
  ServerError: 'server_error',
};

const PREFIX = 'ModelInvocationError';

/** Failures of Temporal: of its OpenAI Agents integration, cancellations and timeouts. */
export const temporalErrors: LlmErrorReader = {
  read(error): LlmErrorInfo | undefined {
    const name = text(error, 'name');
    if (name === 'CancelledFailure') return { type: 'cancelled', retryable: false };
    if (name === 'TimeoutFailure') return { type: 'timeout', retryable: true };
    const failure = text(error, 'type');
    if (name !== 'ApplicationFailure' || failure === undefined) return undefined;
    if (failure !== PREFIX && !failure.startsWith(`${PREFIX}.`)) return undefined;

    const kind = failure.slice(PREFIX.length + 1);
    const type = Object.hasOwn(MODEL_INVOCATION, kind) ? MODEL_INVOCATION[kind] : undefined;
    const wait = number(error, 'nextRetryDelay');
    const verdict = prop(error, 'nonRetryable');
    return {
      type: type ?? '_OTHER',
      retryable: typeof verdict === 'boolean' ? !verdict : isRetryable(type ?? '_OTHER'),
      ...(wait !== undefined && { retryAfterMs: wait }),
      provider: 'openai',
    };
  },
};
