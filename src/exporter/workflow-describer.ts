/**
 * What a single run is doing now.
 *
 * @module
 */

import type { temporal } from '@temporalio/proto';
import type { RunId } from '../client/visible-run';
import type { ExporterQuery } from '../definitions/exporter-queries';

export interface WorkflowDescriber {
  /** @throws ServiceError, NOT_FOUND when there is no such run */
  describe(
    query: ExporterQuery,
    run: RunId,
  ): Promise<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse>;
  /** The last events of a run, the newest first. */
  lastEvents(
    query: ExporterQuery,
    run: RunId,
    limit: number,
  ): Promise<readonly temporal.api.history.v1.IHistoryEvent[]>;
  /** Id of the namespace, by which runs name those of their parents. */
  namespaceId(query: ExporterQuery): Promise<string>;
}
