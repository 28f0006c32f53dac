import type { LlmErrorInfo, LlmErrorType } from '../types';
import { header, retryAfterMs } from './retry-after';

/** What a provider answered, as far as the client library kept it. */
export interface HttpError {
  readonly provider: string;
  /** `undefined` for an error inside a stream, which began with 200. */
  readonly status?: number | undefined;
  readonly headers?: unknown;
  /** The provider's words for the error, most specific first: code, then type. */
  readonly words: readonly (string | undefined)[];
  readonly message?: string | undefined;
  /** The client library's own verdict, where it gives one. */
  readonly retryable?: boolean | undefined;
}

const RETRYABLE: ReadonlySet<LlmErrorType> = new Set([
  'rate_limited',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'malformed_output',
  '_OTHER',
]);

/** Whether errors of a type are worth another try of the same request. Cancelled work is not wanted any more. */
export function isRetryable(type: LlmErrorType): boolean {
  return RETRYABLE.has(type);
}

/** Error codes of OpenAI and error types of Anthropic; both are published in their API references. */
const WORDS: Readonly<Record<string, LlmErrorType>> = {
  insufficient_quota: 'quota_exhausted',
  billing_hard_limit_reached: 'quota_exhausted',
  billing_not_active: 'quota_exhausted',
  billing_error: 'quota_exhausted',
  context_length_exceeded: 'context_length',
  content_filter: 'content_filter',
  content_policy_violation: 'content_filter',
  rate_limit_exceeded: 'rate_limited',
  rate_limit_error: 'rate_limited',
  slow_down: 'overloaded',
  overloaded_error: 'overloaded',
  server_error: 'server_error',
  api_error: 'server_error',
  timeout_error: 'timeout',
  invalid_api_key: 'auth',
  authentication_error: 'auth',
  permission_error: 'auth',
  invalid_request_error: 'bad_request',
  not_found_error: 'bad_request',
  model_not_found: 'bad_request',
  request_too_large: 'bad_request',
};

const STATUSES: Readonly<Record<number, LlmErrorType>> = {
  401: 'auth',
  402: 'quota_exhausted',
  403: 'auth',
  408: 'timeout',
  429: 'rate_limited',
  499: 'cancelled',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

/** Causes that Anthropic tells apart from other bad requests by their message alone. */
const MESSAGES: readonly (readonly [RegExp, LlmErrorType])[] = [
  [/prompt is too long|maximum context length|exceed(s|ed)? (the )?context (window|limit)/i, 'context_length'],
  [/credit balance is too low/i, 'quota_exhausted'],
];

/** A word that says more than the status does, for example `insufficient_quota` with 429. */
const SPECIFIC: ReadonlySet<LlmErrorType> = new Set(['quota_exhausted', 'context_length', 'content_filter']);

function typeOf({ status, words, message }: HttpError): LlmErrorType {
  const known = words.flatMap((word) => (word !== undefined && Object.hasOwn(WORDS, word) ? (WORDS[word] ?? []) : []));
  const specific = known.find((type) => SPECIFIC.has(type));
  if (specific !== undefined) return specific;

  const byStatus: LlmErrorType | undefined =
    status === undefined ? undefined : (STATUSES[status] ?? (status >= 500 ? 'server_error' : 'bad_request'));
  const type = byStatus ?? known[0] ?? '_OTHER';
  if (type !== 'bad_request') return type;
  return MESSAGES.find(([pattern]) => pattern.test(message ?? ''))?.[1] ?? type;
}

/** Status codes of bad requests that the providers' own clients try again nevertheless: a conflict passes. */
const PASSING_STATUSES: ReadonlySet<number | undefined> = new Set([409]);

/** Classifies a provider's answer; exhausted quota never comes back by waiting, whatever the headers say. */
export function classifyHttpError(error: HttpError): LlmErrorInfo {
  const type = typeOf(error);
  const asked = header(error.headers, 'x-should-retry');
  const usual = isRetryable(type) || PASSING_STATUSES.has(error.status);
  const retryable =
    type !== 'quota_exhausted' && (asked === 'true' || (asked !== 'false' && (error.retryable ?? usual)));
  const wait = retryAfterMs(error.headers);
  return {
    type,
    retryable,
    ...(wait !== undefined && { retryAfterMs: wait }),
    ...(error.status !== undefined && { status: error.status }),
    provider: error.provider,
  };
}
