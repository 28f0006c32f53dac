import type { ConnectionOptions } from '@temporalio/client';

/**
 * What a `Connection` of the exporter's own is opened with, beside address and credentials. By default the SDK sends
 * failed requests again by itself, which would pass our limit, and gRPC waits up to two minutes before it looks whether a
 * server is back.
 */
export const EXPORTER_CONNECTION_OPTIONS = {
  interceptors: [],
  channelArgs: { 'grpc.max_reconnect_backoff_ms': 10_000 },
} satisfies ConnectionOptions;
