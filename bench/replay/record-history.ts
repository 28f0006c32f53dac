import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { NativeConnection, Worker, type WorkerPlugin, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { chatCompletion, textOf } from '../model-call';

export type History = temporal.api.history.v1.IHistory;

export interface Recording {
  readonly bundle: WorkflowBundleWithSourceMap;
  readonly plugins: WorkerPlugin[];
  /** Whether the history has what the plugin writes into an observed run. */
  accepts(history: History): boolean;
}

const ATTEMPTS = 20;

/** Runs the workflow on the server until a run has the history that the variant is about. */
export async function recordHistory(address: string, calls: number, recording: Recording): Promise<History> {
  const { bundle, plugins, accepts } = recording;
  const taskQueue = `bench-replay-${randomUUID()}`;
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const result = chatCompletion(textOf(200));
  const worker = await Worker.create({
    connection,
    taskQueue,
    plugins,
    workflowBundle: bundle,
    activities: { callModel: async () => result },
  });
  const history = await worker.runUntil(async () => {
    const client = new Client({ connection: clientConnection });
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const options = { taskQueue, workflowId: `${taskQueue}-${attempt}`, args: [calls] };
      const handle = await client.workflow.start('sequentialModelCalls', options);
      await handle.result();
      const candidate = await handle.fetchHistory();
      if (accepts(candidate)) return candidate;
      await sleep(500);
    }
    throw new Error('No run was observed: its history has no search attributes.');
  });
  await Promise.all([connection.close(), clientConnection.close()]);
  return history;
}

/** Whether the run wrote search attributes more than the once that a patch of its own does. */
export function writesSearchAttributes({ events }: History): boolean {
  const upserts = (events ?? []).filter(
    ({ eventType }) => eventType === temporal.api.enums.v1.EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  );
  return upserts.length > 1;
}
