import type { TestProject } from 'vitest/node';
import { startTemporalServer } from './temporal-server';

declare module 'vitest' {
  interface ProvidedContext {
    /** Host and port of the Temporal server that all test files share. */
    temporalAddress: string;
  }
}

/** One real Temporal server for the whole suite; test files keep apart by namespace, task queue or workflow id. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTemporalServer();
  project.provide('temporalAddress', server.address);
  return server.stop;
}
