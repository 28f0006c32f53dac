import { listPages } from '../client/list-pages';
import type { ListedRuns, Visibility } from '../client/visibility';
import type { ExporterQuery } from '../definitions/exporter-queries';
import { type ExporterConnection, type RequestOptions, TemporalRequests } from './temporal-requests';

export type { ExporterConnection } from './temporal-requests';

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
    return listPages(limit, (page) =>
      this.requests.send(query, 'ListWorkflowExecutions', ({ workflowService }) =>
        workflowService.listWorkflowExecutions({ namespace, query: condition, ...page }),
      ),
    );
  }
}
