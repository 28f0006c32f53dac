import type { temporal } from '@temporalio/proto';
import type { ListedRuns } from './visibility';
import { readVisibleRun, type VisibleRun } from './visible-run';

/** Most that the server gives in one page by default. */
const PAGE_SIZE = 1000;

interface Page {
  readonly pageSize: number;
  readonly nextPageToken: Uint8Array;
}

/** Runs of as many pages as the limit takes; `ask` sends the request for one of them. */
export async function listPages(
  limit: number,
  ask: (page: Page) => Promise<temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse>,
): Promise<ListedRuns> {
  const runs: VisibleRun[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const response = await ask({ pageSize: Math.min(limit - runs.length, PAGE_SIZE), nextPageToken });
    runs.push(...(response.executions ?? []).map(readVisibleRun));
    nextPageToken = response.nextPageToken ?? new Uint8Array();
  } while (nextPageToken.length > 0 && runs.length < limit);
  return { runs, more: nextPageToken.length > 0 };
}
