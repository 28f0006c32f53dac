import { oversizedToolOutputs } from './tool-output-oversized';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** The detectors of one run. */
export function workflowDetectors(run: WatchedRun): readonly WorkflowDetector[] {
  return [oversizedToolOutputs(run)];
}
