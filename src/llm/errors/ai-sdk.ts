import type { LlmErrorInfo } from '../types';
import type { LlmErrorReader } from './error-fields';
import { number, prop, text } from './error-fields';
import { classifyHttpError, isRetryable } from './http-error';
import { networkErrorType } from './network';

/** Providers by the address that was called, or by the path for servers that speak another's format. */
const URLS: readonly (readonly [RegExp, string])[] = [
  [/\.openai\.azure\.com\//, 'azure.ai.openai'],
  [/\/\/bedrock-runtime\./, 'aws.bedrock'],
  [/aiplatform\.googleapis\.com\//, 'gcp.vertex_ai'],
  [/generativelanguage\.googleapis\.com\//, 'gcp.gemini'],
  [/api\.mistral\.ai\//, 'mistral_ai'],
  [/api\.x\.ai\//, 'x_ai'],
  [/api\.groq\.com\//, 'groq'],
  [/api\.deepseek\.com\//, 'deepseek'],
  [/api\.cohere\.(com|ai)\//, 'cohere'],
  [/api\.perplexity\.ai\//, 'perplexity'],
  [/\/messages$/, 'anthropic'],
  [/\/(chat\/completions|responses|embeddings)$/, 'openai'],
];

function apiCallError(error: unknown): LlmErrorInfo {
  const url = text(error, 'url') ?? '';
  const provider = URLS.find(([pattern]) => pattern.test(url))?.[1] ?? '_OTHER';
  const status = number(error, 'statusCode');
  if (status === undefined) {
    const type = networkErrorType(prop(error, 'cause')) ?? 'connection';
    return { type, retryable: isRetryable(type), provider };
  }
  const body = prop(prop(error, 'data'), 'error');
  return classifyHttpError({
    provider,
    status,
    headers: prop(error, 'responseHeaders'),
    words: [text(body, 'code'), text(body, 'type')],
    message: text(error, 'message'),
  });
}

/** Output that could not be read as what was asked for; the next sample may be. */
const MALFORMED =
  /^AI_(NoObjectGenerated|NoOutputGenerated|NoContentGenerated|InvalidResponseData|InvalidToolInput|NoSuchTool|JSONParse|TypeValidation|EmptyResponseBody)Error$/;

/**
 * Errors of the AI SDK (read in 6.0), known by the names that it gives them. A `RetryError` is told by the last error
 * inside it, which the caller goes on to.
 */
export const aiSdkErrors: LlmErrorReader = {
  read(error) {
    const name = text(error, 'name') ?? '';
    if (name === 'AI_APICallError') return apiCallError(error);
    if (name === 'AI_LoadAPIKeyError') return { type: 'auth', retryable: false, provider: '_OTHER' };
    if (!MALFORMED.test(name)) return undefined;
    const finish = text(error, 'finishReason');
    if (finish === 'content-filter') return { type: 'content_filter', retryable: false, provider: '_OTHER' };
    // Cut off at the same limit, it is cut off again.
    return { type: 'malformed_output', retryable: finish !== 'length', provider: '_OTHER' };
  },
};
