import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';

const { DescribeNamespaceResponse } = temporal.api.workflowservice.v1;
const { Limits } = temporal.api.namespace.v1.NamespaceInfo;

/** Before each message of gRPC: whether it is compressed, and its length. */
const FRAME_HEADER_BYTES = 5;

export interface AnnouncingProxy {
  readonly address: string;
  close(): void;
}

/**
 * A real Temporal server that announces its payload limit, as servers do from 1.31 on: it is then the worker that refuses
 * what is larger.
 */
export async function startAnnouncingProxy(target: string, blobSizeLimitError: number): Promise<AnnouncingProxy> {
  const upstream = http2.connect(`http://${target}`);
  const sessions = new Set<http2.ServerHttp2Session>();
  const server = http2.createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const isDescription = String(headers[':path']).endsWith('/DescribeNamespace');
    stream.on('error', () => undefined);
    const request = upstream.request(headers);
    request.on('error', () => stream.destroy());
    // Who polls may go before the answer comes.
    stream.on('close', () => request.close());
    request.on('response', (response, flags) => {
      if (stream.destroyed) return;
      const isWhole = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      stream.respond(response, { waitForTrailers: !isWhole, endStream: isWhole });
    });
    let trailers: http2.IncomingHttpHeaders = {};
    request.on('trailers', (received) => {
      trailers = received;
    });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.pipe(request);
    if (!isDescription) request.pipe(stream);
    else {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => stream.destroyed || stream.end(announced(Buffer.concat(chunks), blobSizeLimitError)));
    }
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

function announced(frame: Buffer, blobSizeLimitError: number): Buffer {
  const message = frame.subarray(FRAME_HEADER_BYTES);
  const response = DescribeNamespaceResponse.decode(frame[0] === 1 ? gunzipSync(message) : message);
  const limits = Limits.fromObject({ blobSizeLimitError, memoSizeLimitError: blobSizeLimitError });
  const body = DescribeNamespaceResponse.encode({
    ...response,
    namespaceInfo: { ...response.namespaceInfo, limits },
  }).finish();
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32BE(body.length, 1);
  return Buffer.concat([header, body]);
}
