import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';

const PERMISSION_DENIED = '7';

export interface DenyingProxy {
  readonly address: string;
  close(): void;
}

/**
 * A real Temporal server seen through the eyes of someone without all permissions: some gRPC methods are refused. The list
 * may change while the proxy runs.
 */
export async function startDenyingProxy(target: string, deniedMethods: readonly string[]): Promise<DenyingProxy> {
  const upstream = http2.connect(`http://${target}`);
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    stream.on('error', () => undefined);
    if (deniedMethods.includes(method)) refuse(stream);
    else forward(upstream, stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
      upstream.destroy();
    },
  };
}

function refuse(stream: http2.ServerHttp2Stream): void {
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': PERMISSION_DENIED,
      'grpc-message': 'Request unauthorized.',
    },
    { endStream: true },
  );
}

function forward(
  upstream: http2.ClientHttp2Session,
  stream: http2.ServerHttp2Stream,
  headers: http2.IncomingHttpHeaders,
): void {
  const request = upstream.request(headers);
  request.on('error', () => stream.destroy());
  // Who asked may be gone before the answer comes.
  stream.on('close', () => request.close());
  request.on('response', (response, flags) => {
    if (stream.destroyed) return;
    // A gRPC error without a body comes as headers alone.
    const isWhole = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(response, { waitForTrailers: !isWhole, endStream: isWhole });
  });
  let trailers: http2.IncomingHttpHeaders = {};
  request.on('trailers', (received) => {
    trailers = received;
  });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.pipe(request);
  request.pipe(stream);
}
