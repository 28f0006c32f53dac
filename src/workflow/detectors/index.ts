import { sandboxedApi } from './sandboxed-api';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** The detectors of one run. */
export function workflowDetectors(run: WatchedRun): readonly WorkflowDetector[] {
  return [sandboxedApi(run)];
}
