import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll } from 'vitest';
import { type ProviderServer, startProviderServer } from '../../examples/provider-server';

export interface Clients {
  readonly server: ProviderServer;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly aiSdk: ReturnType<typeof createOpenAI>;
}

/** The providers' own SDKs against a server of this file's tests, without retries of their own. */
export function useClients(): Clients {
  const clients: { -readonly [K in keyof Clients]?: Clients[K] } = {};
  beforeAll(async () => {
    const server = await startProviderServer();
    clients.server = server;
    clients.openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'local', maxRetries: 0 });
    clients.anthropic = new Anthropic({ baseURL: server.url, apiKey: 'local', maxRetries: 0 });
    clients.aiSdk = createOpenAI({ baseURL: `${server.url}/v1`, apiKey: 'local' });
  });
  afterAll(() => clients.server?.close());
  return clients as Clients;
}

/** A value as the workflow gets it: through a payload converter. */
export function throughJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
