import type { Payload } from '@temporalio/common';
import type { ActivityInput, ConcludeActivationInput, LocalActivityInput } from '@temporalio/workflow';
import type { Detection } from '../../definitions/finding';
import type { Thresholds } from '../../definitions/thresholds';
import type { AgentState, ResolvedActivity } from '../agent-state';

/** What a run asks of the server, in the SDK's own form. */
export type Command = ConcludeActivationInput['commands'][number];

/** The run that a detector watches. */
export interface WatchedRun {
  readonly state: AgentState;
  readonly thresholds: Thresholds;
  /** Reports a finding. Tell it at every occurrence: telling is skipped at replay, and the worker removes repeats. */
  found(detection: Detection): void;
}

/**
 * Watches one run for a failure pattern. A detector reads what crosses the boundary and emits no command, so that it may
 * change from release to release; for the same reason nothing of it may decide what is written. It may throw: the error
 * is counted and the run goes on. All methods run at replay as they did live; no clock, no randomness.
 */
export interface WorkflowDetector {
  scheduling?(activity: Pick<ActivityInput, 'seq' | 'activityType' | 'args' | 'options'>): void;
  schedulingLocal?(activity: Pick<LocalActivityInput, 'seq' | 'activityType' | 'args' | 'options'>): void;
  /** `result` is the payload that the activity returned, if it completed. */
  activityResolved?(activity: ResolvedActivity, result: Payload | null | undefined): void;
  /** The child's start was refused (`started` false) or it runs. */
  childStarted?(seq: number, started: boolean): void;
  childResolved?(seq: number): void;
  /** The workflow function settled; `error` is what it was rejected with, a continue-as-new included. */
  settled?(error: unknown): void;
  /** The activation is worked off, and `commands` is what comes of it. Not told when the workflow task fails. */
  concluded?(commands: readonly Command[]): void;
}
