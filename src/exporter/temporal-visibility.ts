import type { ListedRuns, Visibility } from '../client/visibility';
import { readVisibleRun, type VisibleRun } from '../client/visible-run';
import type { ExporterQuery } from '../definitions/exporter-queries';
import { type ExporterConnection, type RequestOptions, TemporalRequests } from './temporal-requests';

export type { ExporterConnection } from './temporal-requests';

/** Most that the server gives in one page by default. */
const PAGE_SIZE = 1000;

/** Of a command: half of what a server allows a namespace by default (`frontend.namespaceRPS.visibility`). */
const COMMAND_OPTIONS: RequestOptions = { requestsPerSecond: 5 };

/** Visibility of one namespace of a server. Every page of a list is a request. */
export class TemporalVisibility implements Visibility {
  private readonly requests: TemporalRequests;

  constructor(
    connection: ExporterConnection,
    private readonly namespace: string,
    options = COMMAND_OPTIONS,
  ) {
    this.requests = new TemporalRequests(connection, options);
  }

  async count(query: ExporterQuery, condition: string): Promise<number> {
    const { namespace } = this;
    const response = await this.requests.send(query, 'CountWorkflowExecutions', ({ workflowService }) =>
      workflowService.countWorkflowExecutions({ namespace, query: condition }),
    );
    return Number(response.count ?? 0);
  }

  async list(query: ExporterQuery, condition: string, limit: number): Promise<ListedRuns> {
    const { namespace } = this;
    const runs: VisibleRun[] = [];
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const request = {
        namespace,
        query: condition,
        pageSize: Math.min(limit - runs.length, PAGE_SIZE),
        nextPageToken,
      };
      const response = await this.requests.send(query, 'ListWorkflowExecutions', ({ workflowService }) =>
        workflowService.listWorkflowExecutions(request),
      );
      runs.push(...(response.executions ?? []).map(readVisibleRun));
      nextPageToken = response.nextPageToken ?? new Uint8Array();
    } while (nextPageToken.length > 0 && runs.length < limit);
    return { runs, more: nextPageToken.length > 0 };
  }
}
