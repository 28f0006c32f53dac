import { randomUUID } from 'node:crypto';
import type { Connection } from '@temporalio/client';
import { GRPC, grpcCode } from '../../client/grpc-status';
import type { RunId } from '../../client/visible-run';
import type { Orphan } from '../../exporter/orphans';
import { describeEnd } from '../../exporter/parent-runs';

export type EndBy = 'cancel' | 'terminate';

/** What came of ending one run. */
export interface EndResult {
  readonly outcome: /** Asked to end; it runs until it has. */
    | 'cancel-requested'
    | 'terminated'
    /** It closed by itself, or continued as new. */
    | 'already-closed'
    | 'failed';
  readonly error?: string;
}

export interface EndOptions {
  readonly connection: Connection;
  readonly namespace: string;
  readonly by: EndBy;
  /** Stands in the histories; says what became of the parent when left out. */
  readonly reason?: string;
  /** Called as soon as the result of a run is known. */
  done(orphan: Orphan, result: EndResult): void;
}

/** Requests under way at the same time. */
const CONCURRENCY = 10;
/** Time allowed for one request, in milliseconds. */
const REQUEST_MS = 30_000;
/** Names us in the histories of what we end. */
const IDENTITY = 'temporal-agent-observability orphans';

/** Ends each of the runs and no other run of its workflow id. Results are in the order of the orphans; never rejects. */
export async function endOrphans(orphans: readonly Orphan[], options: EndOptions): Promise<readonly EndResult[]> {
  const results: EndResult[] = [];
  const rest = orphans.entries();
  const work = async () => {
    for (const [index, orphan] of rest) {
      const result = await end(orphan, options);
      results[index] = result;
      options.done(orphan, result);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return results;
}

async function end({ run, parentEnd }: Orphan, options: EndOptions): Promise<EndResult> {
  const { by, reason = `its parent ${run.parent.workflowId} ${describeEnd(parentEnd)}` } = options;
  try {
    await send(run, reason, options);
    return { outcome: by === 'cancel' ? 'cancel-requested' : 'terminated' };
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return { outcome: 'already-closed' };
    return { outcome: 'failed', error: error instanceof Error ? error.message : String(error) };
  }
}

async function send({ workflowId, runId }: RunId, reason: string, options: EndOptions): Promise<void> {
  const { connection, namespace, by } = options;
  // With the run id a run that came after it is left alone.
  const request = { namespace, workflowExecution: { workflowId, runId }, reason, identity: IDENTITY };
  const requestId = randomUUID();
  await connection.withDeadline(Date.now() + REQUEST_MS, async () => {
    if (by === 'cancel') await connection.workflowService.requestCancelWorkflowExecution({ ...request, requestId });
    else await connection.workflowService.terminateWorkflowExecution(request);
  });
}
