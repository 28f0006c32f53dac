/**
 * A worker process for the agents that get stuck; killed and started again at will.
 *
 * @module
 */

import path from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { AgentObservabilityPlugin, runtimeOptions } from 'temporal-agent-observability';
import { quietLogger } from '../demo/quiet-logger';
import { search } from './activities';
import type { WorkerOrder } from './worker-process';

async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
  const { address, namespace, taskQueue, contentDirectory, metricsPort, coreMetricsPort } = order;
  Runtime.install(
    runtimeOptions({ metricsAddress: `127.0.0.1:${coreMetricsPort}`, runtime: { logger: quietLogger('ERROR') } }),
  );
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue,
    workflowsPath: path.join(__dirname, 'workflows'),
    activities: { search },
    plugins: [new AgentObservabilityPlugin({ content: contentDirectory, metrics: { port: metricsPort } })],
  });
  process.send?.('ready');
  await worker.run();
}

process.once('disconnect', () => process.exit());
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
