import type { Context } from '@temporalio/activity';
import type { Detection } from '../../definitions/finding';
import type { ReportError } from '../../definitions/observer-parts';
import type { Thresholds } from '../../definitions/thresholds';
import type { AttemptStart } from '../attempt-observer';
import type { ActivityObservation } from '../observation';

/** One attempt as a detector sees it while it runs. */
export interface WatchedAttempt {
  readonly ctx: Context;
  readonly start: AttemptStart;
  readonly args: readonly unknown[];
  readonly thresholds: Thresholds;
  /** Reports a finding about the run of this attempt. Never throws. */
  found(detection: Detection): void;
  /** For errors of the detector's own that happen outside of its methods, in timers for example. Never throws. */
  readonly report: ReportError;
}

/** What a detector wants to know of the end. One without state of an attempt's own may serve all attempts. */
export interface AttemptWatch {
  /** The attempt ended; `undefined` when nothing is known of its outcome: it completes elsewhere, later. */
  end(observation: ActivityObservation | undefined, attempt: WatchedAttempt): void;
}

/**
 * Watches activity attempts for a failure pattern. May throw: the error is counted and the attempt goes on.
 *
 * One detector serves all attempts of a worker; what it remembers between them has to be bounded.
 */
export interface AttemptDetector {
  /** An attempt begins. What is returned is told of its end. */
  begin(attempt: WatchedAttempt): AttemptWatch | undefined;
}
