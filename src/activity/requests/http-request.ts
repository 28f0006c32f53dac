import type { ClientRequest } from 'node:http';
import { addressOf, type OutboundRequest } from './outbound-request';

export function readHttpRequest(request: ClientRequest): OutboundRequest {
  const header = (name: string): string | undefined => {
    const value = request.getHeader(name);
    return value === undefined ? undefined : String(value);
  };
  const length = Number(header('content-length') ?? Number.NaN);
  return {
    layer: 'http',
    method: request.method,
    // The header names the port too, where it is not the protocol's own.
    ...addressOf(header('host') ?? request.host, request.path),
    bodyBytes: Number.isNaN(length) ? undefined : length,
    header,
  };
}
