import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** The detectors of one run. */
export function workflowDetectors(_run: WatchedRun): readonly WorkflowDetector[] {
  return [];
}
