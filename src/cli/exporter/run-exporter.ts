/**
 * The exporter as a process: until it is told to stop, or for one poll.
 *
 * @module
 */

import { setInterval as every } from 'node:timers/promises';
import type { Logger } from '@temporalio/common';
import { Registry } from 'prom-client';
import { CliError, EXIT } from '../cli-error';
import type { Output } from '../output';
import type { Environment } from '../tls';
import { openExporter } from './open-exporter';
import { connectionFlags, type ExporterConfiguration } from './read-configuration';

/** How often it is looked whether a poll is over, in milliseconds. */
const LOOK_MS = 50;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Polls and serves metrics until the process gets a SIGTERM or SIGINT. */
export async function runExporter(
  configuration: ExporterConfiguration,
  logger: Logger,
  env: Environment,
): Promise<void> {
  const { metrics: target, config, content } = configuration.resolved;
  const { exporter, metrics, close } = await openExporter(configuration, target, logger, env);
  const taskTypes = Object.keys(config.taskTypes);
  // Whoever reads that it starts may stop it at once.
  const stopped = untilSignal();
  logger.info('Agent observability: the exporter starts', {
    metrics: metrics.address,
    temporal: connectionFlags(configuration).address,
    namespaces: configuration.resolved.namespaces,
    pollInterval: `${config.pollIntervalMs / 1000}s`,
    taskTypes: taskTypes.length === 0 ? 'discovered' : ['discovered', ...taskTypes],
    contentDir: content?.directory,
  });
  exporter.start();
  logger.info(`Agent observability: the exporter stops on ${await stopped}`);
  await close();
}

/**
 * Polls once and prints the metrics.
 *
 * @throws CliError when anything of the poll failed; what could be read is printed all the same
 */
export async function pollOnce(
  configuration: ExporterConfiguration,
  logger: Logger,
  output: Output,
  env: Environment,
): Promise<void> {
  const { exporter, metrics, close } = await openExporter(configuration, { registry: new Registry() }, logger, env);
  exporter.start();
  for await (const _ of every(LOOK_MS)) {
    const isOver = exporter.status().namespaces.every((at) => at.lastSuccessMs !== undefined || at.failures.length > 0);
    if (isOver) break;
  }
  const { namespaces } = exporter.status();
  output.print((await metrics.registry.metrics()).trimEnd());
  await close();
  const failed = namespaces.filter(({ failures }) => failures.length > 0);
  if (failed.length === 0) return;
  throw new CliError(`Not everything could be read: ${failed.map(({ summary }) => summary).join('. ')}.`, EXIT.failed);
}

/** Keeps the process alive: neither the endpoint nor the polling does. */
function untilSignal(): Promise<string> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 2 ** 30);
    const stop = (signal: string) => {
      clearInterval(alive);
      // The next one ends the process at once, as it does where nobody listens.
      for (const name of SIGNALS) process.off(name, stop);
      resolve(signal);
    };
    for (const name of SIGNALS) process.on(name, stop);
  });
}
