/**
 * What runs in the container `demo`: a worker, agents that do well, one that is stuck, and one that nobody approves.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { AgentObservabilityPlugin, runtimeOptions } from 'temporal-agent-observability';
import { startTelemetry } from 'temporal-agent-observability/otel';
import { run } from '#lib/cli/program';
import { DEMO_AGENTS } from '../../examples/demo/agents';
import { quietLogger } from '../../examples/demo/quiet-logger';
import { forEver, untilSignal } from './for-ever';
import { seed } from './seed';
import { createDemoWorker } from './worker';

const START_EVERY_MS = 5_000;
const SEED_EVERY_MS = 60_000;

const address = process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233';
/** Reachable from the other containers. */
const host = process.env.METRICS_HOST ?? '0.0.0.0';
const port = Number(process.env.METRICS_PORT ?? 9465);
const coreMetricsPort = Number(process.env.CORE_METRICS_PORT ?? 9464);

async function main(): Promise<void> {
  // Tools fail here on purpose, and Temporal warns of each attempt.
  const logger = quietLogger('ERROR');
  Runtime.install(
    runtimeOptions({ metricsAddress: `${host}:${coreMetricsPort}`, runtime: { logger, shutdownSignals: [] } }),
  );
  const output = { print: console.log, note: console.error };
  if ((await run(['setup', '--address', address], output)) !== 0) throw new Error('search attributes are missing');

  const plugin = new AgentObservabilityPlugin({ metrics: { host, port }, logger: quietLogger('INFO') });
  // Where traces are kept, if anywhere: the profile "traces".
  const telemetry = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? startTelemetry({ serviceName: 'demo' }) : undefined;
  const plugins = [...(telemetry?.plugins ?? []), plugin];
  const { worker, close } = await createDemoWorker(address, plugins);
  const client = new Client({ connection: await Connection.connect({ address }), plugins });
  await worker.runUntil(Promise.race([untilSignal(), forEver(SEED_EVERY_MS, () => seed(client)), startAgents(client)]));
  await close();
  await telemetry?.shutdown();
}

async function startAgents(client: Client): Promise<never> {
  const secret = `sk-proj-${randomBytes(24).toString('hex')}`;
  // Ids of a container that was started again must not be those of the one before.
  let number = Math.floor(Date.now() / 1000);
  return forEver(0, async () => {
    number++;
    for (const agent of DEMO_AGENTS) {
      await agent.start({ client, number, secret, scripted: true });
      await sleep(START_EVERY_MS);
    }
  });
}

main().then(
  // Agents that were to run for ever are waited for by nobody.
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
