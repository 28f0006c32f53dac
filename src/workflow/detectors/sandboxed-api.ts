import { readSandboxError, sandboxErrorFinding } from '../../definitions/sandbox-errors';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** Finds workflow functions that fail on what the sandbox does not have. */
export function sandboxedApi(run: WatchedRun): WorkflowDetector {
  return {
    settled(error) {
      const sandboxError = readSandboxError(error);
      if (sandboxError !== undefined) run.found(sandboxErrorFinding(sandboxError));
    },
  };
}
