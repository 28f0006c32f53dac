import { type Logger, SdkComponent } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';
import type { ResolvedOptions } from '../resolve-options';

const nothing = (): void => {};

const SILENT: Logger = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A logger whose own errors are handed to `onError`: a line that cannot be written must not reach the agent. */
export function guardedLogger(logger: Logger, onError: (error: unknown) => void): Logger {
  const log: Logger['log'] = (level, message, meta) => {
    try {
      logger.log(level, message, meta);
    } catch (error) {
      onError(error);
    }
  };
  return withLevels(log);
}

/**
 * The logger of the options. The runtime's is looked up at each line, since asking for it creates the runtime, which the
 * user may want to install with options of his own after constructing the plugin.
 */
export function loggerOf(logger: ResolvedOptions['logger']): Logger {
  if (logger === 'none') return SILENT;
  if (logger !== 'runtime') return logger;
  return withLevels((level, message, meta) =>
    Runtime.instance().logger.log(level, message, { sdkComponent: SdkComponent.worker, ...meta }),
  );
}

function withLevels(log: Logger['log']): Logger {
  return {
    log,
    trace: (message, meta) => log('TRACE', message, meta),
    debug: (message, meta) => log('DEBUG', message, meta),
    info: (message, meta) => log('INFO', message, meta),
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
