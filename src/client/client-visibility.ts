import type { Client } from '@temporalio/client';
import { listPages } from './list-pages';
import type { ListedRuns, Visibility } from './visibility';

/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 10_000;

/** The part of visibility that lists, through a client and in its namespace. */
export class ClientVisibility implements Pick<Visibility, 'list'> {
  constructor(private readonly client: Client) {}

  async list(_query: unknown, query: string, limit: number): Promise<ListedRuns> {
    const { connection, options, workflowService } = this.client;
    const { namespace } = options;
    return listPages(limit, (page) =>
      connection.withDeadline(Date.now() + REQUEST_MS, () =>
        workflowService.listWorkflowExecutions({ namespace, query, ...page }),
      ),
    );
  }
}
