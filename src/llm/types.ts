/**
 * What a model call is, whatever provider and client library it went through.
 *
 * @module
 */

/** Why the model stopped: the five values of OpenTelemetry's message schema. */
export type FinishReason = 'stop' | 'length' | 'tool_call' | 'content_filter' | 'error';

/**
 * Tokens of one call. A field that the provider did not report is `undefined`, never 0.
 *
 * Invariants: `cacheRead + cacheWrite <= input`, `reasoning <= output`.
 */
export interface LlmUsage {
  /** All input tokens, tokens read from and written to a cache included. */
  readonly inputTokens?: number;
  /** All output tokens, reasoning included. */
  readonly outputTokens?: number;
  /** Subset of `inputTokens` that was read from a cache. */
  readonly cacheReadTokens?: number;
  /** Subset of `inputTokens` that was written to a cache. */
  readonly cacheWriteTokens?: number;
  /** Subset of `cacheWriteTokens` with a time to live of one hour, where the provider prices it apart. */
  readonly cacheWrite1hTokens?: number;
  /** Subset of `outputTokens` spent on reasoning. */
  readonly reasoningTokens?: number;
}

/** A tool that the model asked for. Arguments are content and stay out. */
export interface LlmToolCall {
  readonly name: string;
  readonly id?: string;
}

/** One model call, normalised. */
export interface LlmCall {
  /** Value of `gen_ai.provider.name`, for example `openai`, `anthropic`; `_OTHER` when only the shape is known. */
  readonly provider: string;
  /** Shape that was recognised, for example `openai.chat`. */
  readonly shape: string;
  /** Value of `gen_ai.operation.name`. */
  readonly operation: 'chat' | 'generate_content' | 'text_completion' | 'embeddings';
  /** Model and version as the response names it. */
  readonly model?: string;
  /** Model that the request asked for, where it could be seen. */
  readonly requestModel?: string;
  readonly responseId?: string;
  /** `undefined` when the response reported no usage at all. */
  readonly usage?: LlmUsage;
  readonly finish?: FinishReason;
  /** The provider's own word for `finish`. */
  readonly finishRaw?: string;
  /** The model declined to answer. */
  readonly refusal: boolean;
  readonly toolCalls: readonly LlmToolCall[];
  /**
   * Model turns inside this value: more than one when it is a whole agent loop (AI SDK `steps`), none for embeddings and
   * for a response that still waits in the background (OpenAI Responses, `queued` or `in_progress`). No turn and no
   * embedding means that `usage` is absent because there is none yet, not because the provider left it out.
   */
  readonly turns: number;
}

/** What else is known of a call when its result is read. */
export interface LlmCallHints {
  /** Activity type that returned the value. */
  readonly activityType?: string;
  /** What was sent, for shapes whose response does not name the model. */
  readonly request?: unknown;
}

/** Closed vocabulary of `error.type`. */
export const LLM_ERROR_TYPES = [
  'rate_limited',
  'quota_exhausted',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'cancelled',
  'auth',
  'bad_request',
  'context_length',
  'content_filter',
  'refusal',
  'malformed_output',
  '_OTHER',
] as const;

export type LlmErrorType = (typeof LLM_ERROR_TYPES)[number];

/** What an error of a model call means for retries. */
export interface LlmErrorInfo {
  readonly type: LlmErrorType;
  /** Whether the same request can succeed later. */
  readonly retryable: boolean;
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** HTTP status, where there was a response. */
  readonly status?: number;
  /** Value of `gen_ai.provider.name`. */
  readonly provider?: string;
}
