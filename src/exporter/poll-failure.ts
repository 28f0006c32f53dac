import type { ExporterQuery } from '../definitions/exporter-queries';
import { explainFailure } from './explain-failure';
import { RequestFailed } from './request-failed';

/** Why a poll is not complete. */
export interface PollFailure {
  readonly query: ExporterQuery;
  /** The same for failures that are one cause. */
  readonly cause: string;
  /** One sentence on what went wrong and what to do about it. */
  readonly message: string;
}

export function pollFailure(query: ExporterQuery, error: unknown, namespace: string): PollFailure {
  const cause = error instanceof RequestFailed ? `${error.method} ${error.code}` : String(error);
  return { query, cause: `${query} ${cause}`, message: explainFailure(error, namespace) };
}
