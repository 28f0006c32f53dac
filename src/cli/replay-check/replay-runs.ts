/**
 * Fetches histories of open runs, one at a time, and replays each on a bundle.
 *
 * @module
 */

import { type Connection, type HistoryAndWorkflowId, WorkflowClient } from '@temporalio/client';
import { DefaultLogger, type ReplayWorkerOptions, Worker } from '@temporalio/worker';
import { AgentObservabilityPlugin } from '../../plugin';
import { grpcCode, isNotFoundError } from '../cli-error';
import type { OpenRun } from './open-runs';
import { COMPATIBLE, type Outcome, outcomeOf } from './outcome';

export interface ReplayRequest {
  readonly connection: Connection;
  readonly namespace: string;
  readonly code: string;
  readonly dataConverter: NonNullable<ReplayWorkerOptions['dataConverter']> | undefined;
}

/** Time allowed for one history, in milliseconds. */
const HISTORY_MS = 60_000;

/** gRPC: the answer was over what the client takes. */
const RESOURCE_EXHAUSTED = 8;

/**
 * Replays runs in their order, and tells each outcome. A run that is deleted meanwhile is left out.
 *
 * @throws ServiceError when the server refuses or goes away
 */
export async function replayRuns<R extends OpenRun>(
  request: ReplayRequest,
  runs: readonly R[],
  tell: (run: R, outcome: Outcome) => void,
): Promise<void> {
  const { connection, namespace, code, dataConverter } = request;
  const client = new WorkflowClient({ connection, namespace });
  const replaying: R[] = [];
  let refused: unknown;

  async function* histories(): AsyncIterable<HistoryAndWorkflowId> {
    for (const run of runs) {
      const fetched = await fetchHistory(connection, client, run).catch((error: unknown) => {
        // Thrown in here it would come out as an error of the replay worker.
        refused = error;
      });
      if (refused !== undefined) return;
      if (fetched === undefined) continue;
      if ('outcome' in fetched) tell(run, fetched.outcome);
      else {
        replaying.push(run);
        yield { workflowId: run.workflowId, history: fetched.history };
      }
    }
  }

  const plugin = new AgentObservabilityPlugin({
    metrics: 'off',
    content: 'off',
    logger: new DefaultLogger('ERROR', () => {}),
  });
  const options: ReplayWorkerOptions = {
    workflowBundle: { code },
    plugins: [plugin],
    ...(dataConverter !== undefined && { dataConverter }),
  };
  for await (const { error } of Worker.runReplayHistories(options, histories())) {
    const run = replaying.shift();
    if (run !== undefined) tell(run, outcomeOf(error));
  }
  if (refused !== undefined) throw refused;
}

type Fetched = Pick<HistoryAndWorkflowId, 'history'> | { readonly outcome: Outcome };

/** `undefined` when there is none any more. */
async function fetchHistory(
  connection: Connection,
  client: WorkflowClient,
  { workflowId, runId }: OpenRun,
): Promise<Fetched | undefined> {
  try {
    const history = await connection.withDeadline(Date.now() + HISTORY_MS, () =>
      client.getHandle(workflowId, runId).fetchHistory(),
    );
    // Without a task that was completed there is nothing that code could contradict.
    const began = history.events?.some(
      ({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes,
    );
    return began === true ? { history } : { outcome: COMPATIBLE };
  } catch (error) {
    if (isNotFoundError(error) || (error as Error).name === 'WorkflowNotFoundError') return undefined;
    if (grpcCode(error) === RESOURCE_EXHAUSTED) {
      return { outcome: { kind: 'unchecked', words: `its history cannot be fetched: ${(error as Error).message}` } };
    }
    throw error;
  }
}
