/**
 * A worker process of one agent of the gallery: tells its parent when the agent has shown what it is to show, and ends
 * when it is told to.
 *
 * @module
 */

import { once } from 'node:events';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runtimeOptions } from 'temporal-agent-observability';
import { EXAMPLES } from '../patterns/examples';
import { runExample } from '../patterns/run';
import type { AgentMessage, AgentOrder } from './agent-process';

/** Agents fail here on purpose: what is logged about it is of interest only where the worker itself fails. */
const errors: string[] = [];
const LOGGER = new DefaultLogger('ERROR', ({ message }) => {
  errors.push(message);
  if (errors.length > 5) errors.shift();
});

async function main(): Promise<void> {
  const { pattern, variant, coreMetricsPort, ...options } = JSON.parse(process.argv[2] ?? '') as AgentOrder;
  const example = EXAMPLES.find((candidate) => candidate.pattern === pattern);
  if (example === undefined) throw new Error(`there is no pattern ${pattern}`);
  const metricsAddress = `127.0.0.1:${coreMetricsPort}`;
  Runtime.install(runtimeOptions({ metricsAddress, runtime: { logger: LOGGER, shutdownSignals: [] } }));
  const told = once(process, 'message');
  const { outcome, findings } = await runExample(example, variant, {
    ...options,
    logger: LOGGER,
    shown: async (workflowId) => {
      say({ shown: workflowId });
      await told;
    },
  });
  say({ outcome, findings: findings.map(({ id }) => id) });
}

function say(message: AgentMessage): void {
  process.send?.(message);
}

// Without its parent it is of no use.
process.once('disconnect', () => process.exit());
main().then(
  () => process.exit(0),
  (error: unknown) => {
    for (const message of errors) console.error(message);
    console.error(error);
    process.exit(1);
  },
);
