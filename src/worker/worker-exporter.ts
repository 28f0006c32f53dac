/**
 * The exporter inside a worker process: one for each namespace, on the connection of a worker that runs.
 *
 * @module
 */

import type { NativeConnection, Worker } from '@temporalio/worker';
import type { ExporterConfig } from '../exporter/config';
import { Exporter } from '../exporter/exporter';
import { acquireMetrics } from '../metrics';
import type { ResolvedOptions } from '../resolve-options';
import type { WorkerObserver } from './worker-observer';

type Close = () => Promise<void>;

interface Candidate {
  readonly open: () => Close;
  close?: Close;
}

/** Workers that would run the exporter, by namespace; the first one does. */
const candidates = new Map<string, Candidate[]>();

const nothing: Close = async () => {};

/**
 * Runs the exporter for as long as the worker runs, unless another worker of the process does so for the namespace. Once
 * that one stops, this one goes on. Never throws.
 *
 * @returns what ends it, in bounded time; it never rejects
 */
export function joinExporters(
  { connection }: Worker,
  { mode, exporter, metrics }: ResolvedOptions,
  observer: WorkerObserver,
): Close {
  if (exporter === undefined || mode === 'off' || connection === undefined) return nothing;
  if (metrics === undefined) {
    observer.logger.warn(
      'Agent observability: the exporter does not run, for there are no metrics that it could set; see the options exporter and metrics',
    );
    return nothing;
  }
  const { namespace } = observer;
  const candidate: Candidate = { open: () => openExporter(connection, exporter, metrics, observer) };
  const all = candidates.get(namespace) ?? [];
  candidates.set(namespace, all);
  all.push(candidate);
  openFirst(all);
  return async () => {
    all.splice(all.indexOf(candidate), 1);
    if (all.length === 0) candidates.delete(namespace);
    await candidate.close?.();
    openFirst(all);
  };
}

function openFirst([first]: readonly Candidate[]): void {
  if (first !== undefined) first.close ??= first.open();
}

/** Neither this nor what it returns throws or rejects: a worker must not fail because of its exporter. */
function openExporter(
  connection: NativeConnection,
  config: ExporterConfig,
  target: NonNullable<ResolvedOptions['metrics']>,
  observer: WorkerObserver,
): Close {
  const { namespace, logger, report } = observer;
  try {
    const metrics = acquireMetrics(target, 'exporter', report, logger);
    const exporter = new Exporter({
      connection,
      namespaces: [namespace],
      config,
      metrics,
      logger,
      report,
      record: (_, finding) => observer.record(finding),
    });
    exporter.start();
    return async () => {
      await exporter.stop();
      await metrics.release();
    };
  } catch (error) {
    report('exporter', error);
    return nothing;
  }
}
