/**
 * What runs in the container `patterns`: the broken agent of each failure pattern, again and again.
 *
 * @module
 */

import { Runtime } from '@temporalio/worker';
import { runtimeOptions } from 'temporal-agent-observability';
import { acquireMetrics } from '#lib/metrics/index';
import { quietLogger } from '../../examples/demo/quiet-logger';
import { EXAMPLES } from '../../examples/patterns/examples';
import { runExample } from '../../examples/patterns/run';
import { forEver, untilSignal } from './for-ever';

const ROUND_EVERY_MS = 60_000;

const address = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
/** Reachable from the other containers. */
const host = process.env.METRICS_HOST ?? '0.0.0.0';
const port = Number(process.env.METRICS_PORT ?? 9465);
const contentDirectory = process.env.TEMPORAL_AGENT_OBSERVABILITY_CONTENT;

async function main(): Promise<void> {
  // Agents fail here on purpose: what Temporal warns of it would bury the findings.
  const logger = quietLogger('ERROR');
  // Core's metrics would tell of each worker that is over that it polls no more.
  Runtime.install(runtimeOptions({ metricsAddress: 'off', runtime: { logger, shutdownSignals: [] } }));
  // Each agent has a worker of its own: what they count stays while somebody uses the endpoint.
  const metrics = acquireMetrics({ host, port }, 'worker', (_, error) => console.error(error), logger);
  await metrics.ready;
  await Promise.race([untilSignal(), forEver(ROUND_EVERY_MS, showPatterns)]);
}

async function showPatterns(): Promise<void> {
  const logger = quietLogger('ERROR');
  for (const example of EXAMPLES) {
    const metrics = { metricsHost: host, metricsPort: port };
    await runExample(example, 'broken', { address, logger, ...metrics, ...(contentDirectory && { contentDirectory }) });
    console.log(`shown: ${example.pattern} ${example.breaks}`);
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
