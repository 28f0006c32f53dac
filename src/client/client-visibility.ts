import type { Client } from '@temporalio/client';
import type { ListedRuns, Visibility } from './visibility';
import { readVisibleRun, type VisibleRun } from './visible-run';

/** Most that the server gives in one page by default. */
const PAGE_SIZE = 1000;
/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 10_000;

/** The part of visibility that lists, through a client and in its namespace. */
export class ClientVisibility implements Pick<Visibility, 'list'> {
  constructor(private readonly client: Client) {}

  async list(_query: unknown, query: string, limit: number): Promise<ListedRuns> {
    const { connection, options, workflowService } = this.client;
    const { namespace } = options;
    const runs: VisibleRun[] = [];
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const request = { namespace, query, pageSize: Math.min(limit - runs.length, PAGE_SIZE), nextPageToken };
      const response = await connection.withDeadline(Date.now() + REQUEST_MS, () =>
        workflowService.listWorkflowExecutions(request),
      );
      runs.push(...(response.executions ?? []).map(readVisibleRun));
      nextPageToken = response.nextPageToken ?? new Uint8Array();
    } while (nextPageToken.length > 0 && runs.length < limit);
    return { runs, more: nextPageToken.length > 0 };
  }
}
