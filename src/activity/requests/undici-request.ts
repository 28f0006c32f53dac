import { addressOf, type OutboundRequest } from './outbound-request';

/**
 * The request that undici publishes (docs/docs/api/DiagnosticsChannel.md of nodejs/undici), which is behind `fetch`. Read
 * in the versions that Node 20.3 (5.22) and 20.20 (6.24) bring.
 */
export interface UndiciRequest {
  readonly origin?: unknown;
  readonly method?: unknown;
  readonly path?: unknown;
  readonly contentLength?: unknown;
  /** Lines of `name: value` up to undici 5, names and values by turns since. */
  readonly headers?: unknown;
}

export function readUndiciRequest(request: UndiciRequest): OutboundRequest {
  const { method, path, contentLength } = request;
  return {
    layer: 'undici',
    method: String(method),
    ...addressOf(hostOf(String(request.origin)), String(path)),
    bodyBytes: typeof contentLength === 'number' ? contentLength : undefined,
    header: (name) => headerOf(request.headers, name),
  };
}

function hostOf(origin: string): string {
  const host = origin.slice(origin.indexOf('://') + 3);
  return host.endsWith('/') ? host.slice(0, -1) : host;
}

function headerOf(headers: unknown, name: string): string | undefined {
  if (typeof headers === 'string') {
    const prefix = `${name}:`;
    const line = headers.split('\r\n').find((candidate) => candidate.toLowerCase().startsWith(prefix));
    return line?.slice(prefix.length).trim();
  }
  if (!Array.isArray(headers)) return undefined;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (String(headers[index]).toLowerCase() === name) return String(headers[index + 1]);
  }
  return undefined;
}
