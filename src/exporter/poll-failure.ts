import { GRPC } from '../client/grpc-status';
import type { ExporterQuery } from '../definitions/exporter-queries';
import { explainFailure } from './explain-failure';
import { RequestFailed } from './request-failed';

/** The server is not there, does not know who asks, or is asked too often, whatever it is asked for. */
const CONCERN_ALL: readonly number[] = [GRPC.unavailable, GRPC.unauthenticated, GRPC.resourceExhausted];

/** Why a poll is not complete. */
export interface PollFailure {
  readonly query: ExporterQuery;
  /** The same for failures that are one cause. */
  readonly cause: string;
  /** One sentence on what went wrong and what to do about it. */
  readonly message: string;
}

export function pollFailure(query: ExporterQuery, error: unknown, namespace: string): PollFailure {
  return { query, cause: causeOf(query, error), message: explainFailure(error, namespace) };
}

/** One of few, for messages can name ids and times; and one for all queries where one thing has to be done for all. */
function causeOf(query: ExporterQuery, error: unknown): string {
  if (!(error instanceof RequestFailed)) return `${query} ${error instanceof Error ? error.name : typeof error}`;
  const { code, method } = error;
  if (code !== undefined && CONCERN_ALL.includes(code)) return String(code);
  return code === GRPC.permissionDenied ? `${method} ${code}` : `${query} ${method} ${code}`;
}
