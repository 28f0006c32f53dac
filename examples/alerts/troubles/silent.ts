import type { Logger } from '@temporalio/worker';

const nothing = (): void => {};

/** What fails here fails on purpose, and would be logged at every attempt. */
export const SILENT: Logger = {
  log: nothing,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
