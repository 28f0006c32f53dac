import { readSandboxError, sandboxErrorFinding } from '../../definitions/sandbox-errors';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** Finds workflow functions that fail on what the sandbox does not have. */
export class SandboxedApi implements WorkflowDetector {
  constructor(private readonly run: WatchedRun) {}

  settled(error: unknown): void {
    const sandboxError = readSandboxError(error);
    if (sandboxError !== undefined) this.run.found(sandboxErrorFinding(sandboxError));
  }
}
