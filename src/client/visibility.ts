/**
 * What the exporter and the commands ask visibility for.
 *
 * @module
 */

import type { ExporterQuery } from '../definitions/exporter-queries';
import type { VisibleRun } from './visible-run';

/** Runs that a query gave, newest first. */
export interface ListedRuns {
  readonly runs: readonly VisibleRun[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

/** Both reject with the ServiceError of the request, once trying again has not helped. */
export interface Visibility {
  /** @param query what it is for, as the metrics call it */
  count(query: ExporterQuery, condition: string): Promise<number>;
  /** @param limit most runs that are listed; a page of the server's is 1,000 at most */
  list(query: ExporterQuery, condition: string, limit: number): Promise<ListedRuns>;
}
