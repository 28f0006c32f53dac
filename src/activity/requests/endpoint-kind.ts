/**
 * What a request is by its address: hosts of providers are known by name, everybody else's gateway and proxy by the path,
 * which is that of the API they speak.
 *
 * @module
 */

import type { OutboundRequest } from './outbound-request';

/**
 * `model`: asks a model for an answer. `auxiliary`: to a model's provider, and no turn of a model: embeddings, moderation,
 * counting of tokens. `plumbing`: what clients do by themselves: tokens of identity providers, telemetry. `other`: all
 * else, such as what tools call.
 */
export type EndpointKind = 'model' | 'auxiliary' | 'plumbing' | 'other';

/** Hosts that serve models and little else. */
const MODEL_HOSTS = new RegExp(
  `^(${[
    '([a-z]+\\.)?api\\.openai\\.com',
    'api\\.anthropic\\.com',
    'generativelanguage\\.googleapis\\.com',
    '([a-z0-9-]+-)?aiplatform\\.googleapis\\.com',
    '[a-z0-9-]+\\.openai\\.azure\\.com',
    '[a-z0-9-]+\\.services\\.ai\\.azure\\.com',
    'bedrock-runtime(-fips)?\\.[a-z0-9-]+\\.amazonaws\\.com(\\.cn)?',
    '(api|codestral)\\.mistral\\.ai',
    'api\\.groq\\.com',
    'openrouter\\.ai',
    'api\\.x\\.ai',
    'api\\.deepseek\\.com',
    'api\\.cohere\\.(com|ai)',
    'api\\.perplexity\\.ai',
    'api\\.together\\.(xyz|ai)',
    'api\\.fireworks\\.ai',
    'api\\.cerebras\\.ai',
    'router\\.huggingface\\.co',
    'models\\.github\\.ai',
    'ai-gateway\\.vercel\\.sh',
    'gateway\\.ai\\.cloudflare\\.com',
  ].join('|')})$`,
);

/** Paths that ask a model for an answer, whoever serves them. */
const MODEL_PATH = new RegExp(
  [
    // OpenAI, its many relatives, and Azure.
    '/chat/completions$',
    '/v1/completions$',
    '/(v1|openai)/responses$',
    // Gemini, on its own host and on Vertex AI.
    ':(generateContent|streamGenerateContent)$',
    // Bedrock.
    '/model/[^/]+/(converse|converse-stream|invoke|invoke-with-response-stream)$',
  ].join('|'),
);

/** Paths that do so on the hosts above, and may be anything elsewhere. */
const MODEL_PATH_AT_PROVIDER =
  /\/v1\/messages$|^\/v[12]\/chat$|:(rawPredict|streamRawPredict)$|\/v1\/ai\/language-model$/;

/** Anthropic's path is also that of services which send messages to people; its API wants this header of every request. */
const ANTHROPIC_PATH = '/v1/messages';
const ANTHROPIC_HEADER = 'anthropic-version';

const OLLAMA = /:11434$/;
const OLLAMA_PATH = /^\/api\/(chat|generate)$/;

const AUXILIARY_PATH =
  /\/(embeddings|moderations|rerank|count_tokens)$|\/model\/[^/]*embed[^/]*\/invoke$|:(embedContent|batchEmbedContents|countTokens)$/;

const PLUMBING_HOST =
  /^(login\.microsoftonline\.com|(oauth2|sts|iamcredentials)\.googleapis\.com|metadata\.google\.internal|sts\.([a-z0-9-]+\.)?amazonaws\.com|169\.254\.(169\.254|170\.2)|api\.smith\.langchain\.com|.*\.ingest(\.[a-z]+)?\.sentry\.io)$/;

/** OAuth tokens, OTLP over HTTP, Langfuse. */
const PLUMBING_PATH = /\/oauth2?(\/v\d)?\/token$|\/v1\/(traces|metrics|logs)$|\/api\/public\/(ingestion|otel)/;

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|$)/;

export function endpointKind(request: OutboundRequest): EndpointKind {
  const { host, path, method } = request;
  const isPost = method === 'POST';
  const atProvider = MODEL_HOSTS.test(host);
  if (AUXILIARY_PATH.test(path)) return 'auxiliary';
  if (isPost && isModelRequest(request, atProvider)) return 'model';
  if (atProvider) return 'auxiliary';
  if (method === 'CONNECT' || method === 'OPTIONS' || method === 'HEAD') return 'plumbing';
  if (PLUMBING_HOST.test(host) || (isPost && PLUMBING_PATH.test(path))) return 'plumbing';
  return 'other';
}

function isModelRequest(request: OutboundRequest, atProvider: boolean): boolean {
  const { host, path } = request;
  if (MODEL_PATH.test(path)) return true;
  if (atProvider) return MODEL_PATH_AT_PROVIDER.test(path);
  if (path.endsWith(ANTHROPIC_PATH)) return LOOPBACK.test(host) || request.header(ANTHROPIC_HEADER) !== undefined;
  return OLLAMA.test(host) && OLLAMA_PATH.test(path);
}
