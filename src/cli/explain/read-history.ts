import type { WorkflowService } from '@temporalio/client';
import type { HistoryEvent } from './run-story';

const PAGE_SIZE = 500;

export interface HistoryRequest {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Events of the whole history, as Describe counts them. */
  readonly totalEvents: number;
  /** Most events to read. */
  readonly limit: number;
}

/**
 * Reads the history of one run, at most `limit` events. Of a longer history it reads the first event and the newest
 * ones, for what an agent did last matters more than how it began.
 */
export async function readHistory(service: WorkflowService, request: HistoryRequest): Promise<HistoryEvent[]> {
  if (request.totalEvents <= request.limit) return readForward(service, request, request.limit);
  const [first] = await readForward(service, request, 1);
  const newest = await readBackward(service, request, Math.max(0, request.limit - 1));
  return first === undefined ? newest : [first, ...newest];
}

async function readForward(service: WorkflowService, request: HistoryRequest, limit: number): Promise<HistoryEvent[]> {
  return readPages(limit, async (page) => service.getWorkflowExecutionHistory({ ...execution(request), ...page }));
}

async function readBackward(service: WorkflowService, request: HistoryRequest, limit: number): Promise<HistoryEvent[]> {
  const newestFirst = await readPages(limit, async (page) =>
    service.getWorkflowExecutionHistoryReverse({ ...execution(request), ...page }),
  );
  return newestFirst.reverse();
}

interface Page {
  readonly history?: { readonly events?: HistoryEvent[] | null } | null;
  readonly nextPageToken?: Uint8Array | null;
}

async function readPages(
  limit: number,
  read: (page: { maximumPageSize: number; nextPageToken?: Uint8Array }) => Promise<Page>,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextPageToken: Uint8Array | undefined;
  while (events.length < limit) {
    const page = await read({
      maximumPageSize: Math.min(PAGE_SIZE, limit - events.length),
      ...(nextPageToken !== undefined ? { nextPageToken } : {}),
    });
    events.push(...(page.history?.events ?? []));
    if (page.nextPageToken == null || page.nextPageToken.length === 0) break;
    nextPageToken = page.nextPageToken;
  }
  // A server may return more than a page asked for: histories are read in batches.
  return events.slice(0, limit);
}

function execution({ namespace, workflowId, runId }: HistoryRequest) {
  return { namespace, execution: { workflowId, runId } };
}
