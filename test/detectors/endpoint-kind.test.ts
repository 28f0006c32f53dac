import { expect, test } from 'vitest';
import { endpointKind } from '#lib/activity/requests/endpoint-kind';
import { addressOf } from '#lib/activity/requests/outbound-request';

function kindOf(line: string, headers: Readonly<Record<string, string>> = {}) {
  const [method = '', url = ''] = line.split(' ');
  const { host, pathname, search } = new URL(url);
  return endpointKind({
    layer: 'undici',
    method,
    ...addressOf(host, pathname + search),
    bodyBytes: undefined,
    header: (name) => headers[name],
  });
}

test.each([
  'POST https://api.openai.com/v1/chat/completions',
  'POST https://eu.api.openai.com/v1/responses',
  'POST https://api.anthropic.com/v1/messages?beta=true',
  'POST https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
  'POST https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict',
  'POST https://my-team.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  'POST https://my-team.openai.azure.com/openai/responses?api-version=2025-04-01-preview',
  'POST https://bedrock-runtime.eu-central-1.amazonaws.com/model/anthropic.claude-3-5-sonnet-20241022-v2%3A0/converse-stream',
  'POST https://api.mistral.ai/v1/chat/completions',
  'POST https://api.groq.com/openai/v1/chat/completions',
  'POST https://openrouter.ai/api/v1/chat/completions',
  'POST https://api.cohere.com/v2/chat',
  'POST http://llm-gateway:4000/v1/chat/completions',
  'POST http://llm-gateway:4000/v1/responses',
  'POST http://127.0.0.1:8080/v1/messages',
  'POST http://gateway.example/gemini/v1beta/models/gemini-2.5-flash:generateContent',
  'POST http://localhost:11434/api/chat',
])('%s asks a model', (line) => {
  expect(kindOf(line)).toBe('model');
});

test.each([
  'POST https://api.openai.com/v1/embeddings',
  'POST https://api.openai.com/v1/moderations',
  'GET https://api.openai.com/v1/responses/resp_1',
  'POST https://api.openai.com/v1/files',
  'POST https://api.openai.com/v1/threads/thread_1/messages',
  'POST https://api.anthropic.com/v1/messages/count_tokens',
  'POST https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:embedContent',
  'POST https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke',
  'POST http://llm-gateway:4000/v1/embeddings',
])('%s is no turn of a model', (line) => {
  expect(kindOf(line)).toBe('auxiliary');
});

test.each([
  'POST https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
  'POST https://oauth2.googleapis.com/token',
  'GET http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  'POST http://collector:4318/v1/traces',
  'POST https://cloud.langfuse.com/api/public/ingestion',
  'CONNECT http://proxy:3128/',
])('%s is what clients do by themselves', (line) => {
  expect(kindOf(line)).toBe('plumbing');
});

test.each([
  'GET https://api.example.com/orders/7',
  'POST https://api.example.com/v1/search',
  'GET https://api.example.com/v1/chat/completions',
  'POST https://api.example.com/api/chat',
  'POST https://api.openai.com.example.com/v1/anything',
  'GET https://logs.example.com/v1/logs',
])('%s is anything else', (line) => {
  expect(kindOf(line)).toBe('other');
});

test("a service that sends messages to people is told from Anthropic's API by what that wants of every request", () => {
  const line = 'POST https://messaging.example.com/v1/messages';
  expect(kindOf(line)).toBe('other');
  expect(kindOf(line, { 'anthropic-version': '2023-06-01' })).toBe('model');
});

test('the address behind a plain HTTP proxy is that in the path', () => {
  expect(addressOf('proxy:3128', 'http://user:secret@API.example.com:81/v1/responses?key=1')).toEqual({
    host: 'api.example.com:81',
    path: '/v1/responses',
  });
  expect(addressOf('proxy:3128', 'https://api.example.com')).toEqual({ host: 'api.example.com', path: '/' });
});
