/**
 * The exporter with everything around it that it needs: connection, metrics, log and records.
 *
 * @module
 */

import { Connection } from '@temporalio/client';
import type { Logger } from '@temporalio/common';
import { acquireRecorder, type RecorderHandle } from '../../content/acquire-recorder';
import { SHUTDOWN_FLUSH_MS } from '../../definitions/limits';
import type { ReportError } from '../../definitions/observer-parts';
import { EXPORTER_CONNECTION_OPTIONS } from '../../exporter/connection-options';
import { Exporter } from '../../exporter/exporter';
import { type AgentMetrics, acquireMetrics } from '../../metrics';
import { ErrorReporter } from '../../reporting/error-reporter';
import { CliError, EXIT } from '../cli-error';
import { connectionOptions } from '../connection';
import type { Environment } from '../tls';
import { connectionFlags, type ExporterConfiguration } from './read-configuration';

export interface OpenExporter {
  readonly exporter: Exporter;
  readonly metrics: AgentMetrics;
  /** Stops polling, stores what waits and lets go, in bounded time. Never rejects. */
  close(): Promise<void>;
}

/**
 * Starts nothing yet, but serves metrics. Temporal is not asked: it may come later.
 *
 * @throws CliError when the port cannot be opened, or the connection is configured wrongly
 */
export async function openExporter(
  configuration: ExporterConfiguration,
  target: Parameters<typeof acquireMetrics>[0],
  logger: Logger,
  env: Environment,
): Promise<OpenExporter> {
  const { config, namespaces, content } = configuration.resolved;
  const options = connectionOptions(connectionFlags(configuration), env);
  const errors = new ErrorReporter(logger);
  const metrics = await serve(target, errors.report, logger);
  // They are of no namespace; counted in each, one error would look like many.
  const [first = ''] = namespaces;
  errors.countWith((part) => metrics.for(first).inc('observerErrors', { part }));
  const connection = Connection.lazy({ ...options, ...EXPORTER_CONNECTION_OPTIONS });
  const recorder = content && openRecorder(content, errors.report);
  const exporter = new Exporter({
    connection,
    namespaces,
    config,
    metrics,
    logger,
    report: errors.report,
    ...(recorder && { record: (namespace, finding) => recorder.recordFinding(namespace, finding) }),
  });
  const close = async () => {
    await exporter.stop();
    await recorder?.release(SHUTDOWN_FLUSH_MS);
    await metrics.release();
    await connection.close();
  };
  return { exporter, metrics, close };
}

async function serve(
  target: Parameters<typeof acquireMetrics>[0],
  report: ReportError,
  logger: Logger,
): Promise<AgentMetrics> {
  const metrics = acquireMetrics(target, 'exporter', report, logger, 'fail');
  try {
    await metrics.ready;
    return metrics;
  } catch (error) {
    await metrics.release();
    throw new CliError(
      `${(error as Error).message}.`,
      EXIT.failed,
      'Choose another port with --metrics-port (metrics.port in the configuration file), and the address with --metrics-host.',
      { cause: error },
    );
  }
}

function openRecorder(
  { directory, retentionMs }: { readonly directory: string; readonly retentionMs: number },
  report: ReportError,
): RecorderHandle {
  // No size limit: how much workers may store there is theirs to say.
  return acquireRecorder(
    { directory, retentionMs, maxBytes: Number.MAX_SAFE_INTEGER, capture: 'metadata' },
    { report, written: () => {}, failed: () => {}, dropped: () => {}, spoolBytes: () => {} },
  );
}
