/**
 * Requests as activities make them, to the local provider server and to a service behind tools.
 *
 * @module
 */

import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ToolService {
  /** Address without a path; it answers every request with a document. */
  readonly url: string;
  close(): Promise<void>;
}

/** A service that is no model. */
export async function startToolService(): Promise<ToolService> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.setHeader('content-type', 'application/json').end('{"found":1}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function chatBody(text: string, more: object = {}): string {
  return JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: text }], ...more });
}

export const JSON_HEADERS = { 'content-type': 'application/json' };

/** A POST through `fetch`; resolves to the status once the body is read. */
export async function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const response = await fetch(url, { method: 'POST', body, headers: { ...JSON_HEADERS, ...headers } });
  await response.text();
  return response.status;
}

/** The same through `node:http`. */
export function postByHttp(url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ...JSON_HEADERS, 'content-length': Buffer.byteLength(body) };
    httpRequest(url, { method: 'POST', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    })
      .once('error', reject)
      .end(body);
  });
}
