import type { ConnectionLike } from '@temporalio/client';
import type { ListedRuns, Visibility } from '../client/visibility';
import { readVisibleRun, type VisibleRun } from '../client/visible-run';
import type { ExporterQuery } from '../definitions/exporter-queries';

/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 10_000;
/** Most that the server gives in one page by default. */
const PAGE_SIZE = 1000;

/** The part of a connection that is needed; both `Connection` and `NativeConnection` have it. */
export type ExporterConnection = Pick<ConnectionLike, 'workflowService' | 'operatorService' | 'withDeadline'>;

/** Visibility of one namespace of a server. */
export class TemporalVisibility implements Visibility {
  constructor(
    private readonly connection: ExporterConnection,
    private readonly namespace: string,
  ) {}

  async count(_query: ExporterQuery, condition: string): Promise<number> {
    const { connection, namespace } = this;
    const response = await connection.withDeadline(Date.now() + REQUEST_MS, () =>
      connection.workflowService.countWorkflowExecutions({ namespace, query: condition }),
    );
    return Number(response.count ?? 0);
  }

  async list(_query: ExporterQuery, condition: string, limit: number): Promise<ListedRuns> {
    const { connection, namespace } = this;
    const runs: VisibleRun[] = [];
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const request = {
        namespace,
        query: condition,
        pageSize: Math.min(limit - runs.length, PAGE_SIZE),
        nextPageToken,
      };
      const response = await connection.withDeadline(Date.now() + REQUEST_MS, () =>
        connection.workflowService.listWorkflowExecutions(request),
      );
      runs.push(...(response.executions ?? []).map(readVisibleRun));
      nextPageToken = response.nextPageToken ?? new Uint8Array();
    } while (nextPageToken.length > 0 && runs.length < limit);
    return { runs, more: nextPageToken.length > 0 };
  }
}
