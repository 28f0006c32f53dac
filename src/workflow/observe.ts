import { SINK_NAME } from '../definitions/wire';
import { agentSinks } from './sinks';

/** Runs observing code; whatever goes wrong in it stays there and is reported. */
export function observe(action: () => void): void {
  try {
    action();
  } catch (error) {
    reportInternalError(error);
  }
}

/** Tells the worker of an error of ours. Never throws. */
export function reportInternalError(error: unknown): void {
  try {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    agentSinks[SINK_NAME].internalError(message.slice(0, 500));
  } catch {
    // There is nobody left to tell.
  }
}
