/**
 * One detected instance of a failure pattern, on its way from the detector to log, metric, record and span.
 *
 * @module
 */

import type { FindingId, Severity } from './findings';

/** What a detector says; the run that it speaks of is known to whoever passes it on. */
export interface Detection {
  readonly id: FindingId;
  /** What was seen, in one sentence, free of content. */
  readonly message: string;
  /** Separates causes within one run: an activity type, a tool, a boundary. From a small set, or the run floods the log. */
  readonly cause: string;
  /** Where it is worse than the definition's severity. What the options say about the finding wins. */
  readonly severity?: Severity;
  readonly evidence?: Readonly<Record<string, string | number | boolean>>;
}

/** The run that a finding is about; absent where it is about a whole worker. */
export interface FindingSubject {
  readonly workflowType?: string;
  readonly taskType?: string;
  readonly workflowId?: string;
  readonly runId?: string;
}

export interface Detected extends Detection, FindingSubject {}

export interface Finding extends Detected {
  readonly severity: Severity;
  readonly advice: string;
}
