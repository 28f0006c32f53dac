/**
 * A worker process for agents in trouble that is not theirs: their provider's, their observer's, or that of whoever they
 * wait for.
 *
 * @module
 */

import path from 'node:path';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { AgentObservabilityPlugin, runtimeOptions } from 'temporal-agent-observability';
import { quietLogger } from '../../demo/quiet-logger';
import { startProviderServer } from '../../provider-server';
import type { WorkerOrder } from '../worker-process';
import { createActivities } from './activities';
import { SILENT } from './silent';

async function main(): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
  const { address, namespace, taskQueue, contentDirectory, metricsPort, coreMetricsPort } = order;
  Runtime.install(runtimeOptions({ metricsAddress: `127.0.0.1:${coreMetricsPort}`, runtime: { logger: SILENT } }));
  const provider = await startProviderServer();
  const plugin = new AgentObservabilityPlugin({
    content: contentDirectory,
    metrics: { port: metricsPort },
    logger: SILENT,
  });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue,
    workflowsPath: path.join(__dirname, 'workflows'),
    activities: createActivities(provider.url),
    plugins: [plugin],
  });
  process.send?.('ready');
  await worker.run();
}

process.once('disconnect', () => process.exit());
main().catch((error: unknown) => {
  quietLogger('ERROR').error(String(error));
  process.exit(1);
});
