import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { ensurePrometheusTool, type PrometheusTool } from '../../scripts/prometheus-tools.mjs';
import { startTemporalServer } from './temporal-server';

declare module 'vitest' {
  interface ProvidedContext {
    /** Host and port of the Temporal server that all test files share. */
    temporalAddress: string;
  }
}

const PROMETHEUS_TOOLS: readonly PrometheusTool[] = ['prometheus', 'promtool', 'alertmanager', 'amtool'];

/**
 * One real Temporal server for the whole suite; test files keep apart by namespace, task queue or workflow id. And the
 * programs of Prometheus, where tests look for them: on PATH.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const tool of PROMETHEUS_TOOLS) putOnPath(path.dirname(await ensurePrometheusTool(tool)));
  const server = await startTemporalServer();
  project.provide('temporalAddress', server.address);
  return server.stop;
}

function putOnPath(folder: string): void {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  if (!folders.includes(folder)) process.env.PATH = [...folders, folder].join(path.delimiter);
}
