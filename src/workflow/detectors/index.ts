import { ChildAbandoned } from './child-abandoned';
import { ModelCallOptions } from './model-call-options';
import { OrphanedAgent } from './orphaned-agent';
import { WaitWithoutTimeout } from './wait-without-timeout';
import type { WatchedRun, WorkflowDetector } from './workflow-detector';

/** The detectors of one run. */
export function workflowDetectors(run: WatchedRun): readonly WorkflowDetector[] {
  return [new ModelCallOptions(run), new ChildAbandoned(run), new OrphanedAgent(run), new WaitWithoutTimeout(run)];
}
