/**
 * A worker process in which workers end as it is told: by an error, and by a shutdown that an activity does not heed.
 *
 * @module
 */

import { once } from 'node:events';
import path from 'node:path';
import { NativeConnection, Runtime, Worker, type WorkerPlugin } from '@temporalio/worker';
import { AgentObservabilityPlugin, runtimeOptions } from 'temporal-agent-observability';
import { quietLogger } from '../../demo/quiet-logger';
import type { WorkerOrder } from '../worker-process';
import { SILENT } from './silent';

/** What the process is told; it answers each with `done`. */
export type EndingWorkerMessage = 'fail' | 'replace' | 'drain' | 'release';

/** Ends a worker as an error does that Core does not get over. */
const FAILS: WorkerPlugin = {
  name: 'fails',
  async runWorker(worker, next) {
    const done = next(worker);
    worker.shutdown();
    await done;
    throw new Error('the worker cannot go on');
  },
};

async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
  const { address, namespace, taskQueue, contentDirectory, metricsPort, coreMetricsPort } = order;
  Runtime.install(
    runtimeOptions({
      metricsAddress: `127.0.0.1:${coreMetricsPort}`,
      runtime: { logger: SILENT, shutdownSignals: [] },
    }),
  );
  const connection = await NativeConnection.connect({ address });
  const plugin = new AgentObservabilityPlugin({
    content: contentDirectory,
    metrics: { port: metricsPort },
    // Its agent does not heed the cancellation either, which is another alert's.
    thresholds: { cancelIgnoredMs: 600_000 },
    logger: SILENT,
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const create = (more: readonly WorkerPlugin[] = []) =>
    Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowsPath: path.join(__dirname, 'workflows'),
      activities: { linger: () => released },
      plugins: [plugin, ...more],
    });

  const failing = await create([FAILS]);
  let worker: Worker | undefined;
  const does: Record<EndingWorkerMessage, () => Promise<unknown>> = {
    fail: () => failing.run().catch(() => {}),
    replace: async () => {
      worker = await create();
      void worker.run();
    },
    drain: async () => worker?.shutdown(),
    release: async () => release(),
  };
  process.send?.('ready');
  for (;;) {
    const [message] = (await once(process, 'message')) as [EndingWorkerMessage];
    await does[message]();
    process.send?.('done');
  }
}

process.once('disconnect', () => process.exit());
main().catch((error: unknown) => {
  quietLogger('ERROR').error(String(error));
  process.exit(1);
});
