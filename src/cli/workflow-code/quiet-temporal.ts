import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Keeps the SDK's log off the command's output; a runtime that is there already keeps its own. */
export function quietTemporal(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => {}),
      // Core writes to stdout by itself, where the command's output goes.
      telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
    });
  } catch {
    // Whoever installed it decides what it logs.
  }
}
