import { DefaultLogger, Runtime } from '@temporalio/worker';

let logger: DefaultLogger | undefined;

/** Silences Temporal's own log in this process, and returns a logger that is silent too. */
export function quietRuntime(): DefaultLogger {
  if (logger === undefined) {
    logger = new DefaultLogger('ERROR', () => {});
    Runtime.install({ logger });
  }
  return logger;
}
