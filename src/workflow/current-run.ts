/**
 * How the API for workflows finds the run that is executing.
 *
 * @module
 */

import { maybeGetActivator } from '@temporalio/workflow/lib/global-attributes';
import type { AgentIdentity } from '../definitions/agent-header';
import type { ApprovalEndedState } from '../definitions/approvals';
import type { Detection } from '../definitions/finding';

/** What workflow code can do with its run. */
export interface NamedRun {
  /** Approvals as the run before carried them on; `undefined` where it carried none. */
  readonly carriedApprovals: object | undefined;
  nameTask(identity: AgentIdentity): void;
  /** A finding is not to be reported for this run. */
  allow(finding: string): void;
  /** Reports what a detector found, unless it is allowed. Never throws. */
  found(detection: Detection): void;
  /** Writes the attributes of approvals, in a run that writes. Never throws. */
  approvalChanged(): void;
  /** As {@link approvalChanged}, for approvals that the workflow reports. Never throws. */
  reportedApprovalChanged(): void;
  /** Never throws. */
  approvalRequested(): void;
  /** @param seconds since it was requested. Never throws. */
  approvalEnded(outcome: ApprovalEndedState, seconds: number): void;
}

/**
 * The run is kept on Temporal's own object of the execution: interceptors and API are built as one file each, with a copy
 * of what both import, and a preloaded module is shared by every workflow of a reused context, so that a variable of a
 * module would be the wrong one.
 */
const RUN = Symbol.for('temporal-agent-observability.run');

type Holder = { [RUN]?: NamedRun };

/** Makes `run` the one that is found. */
export function registerRun(run: NamedRun): void {
  const holder = maybeGetActivator() as Holder | undefined;
  if (holder !== undefined) holder[RUN] = run;
}

/** The run that is executing; `undefined` when the plugin's interceptors are not part of the bundle. */
export function currentRun(): NamedRun | undefined {
  return (maybeGetActivator() as Holder | undefined)?.[RUN];
}
