import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { ApprovalEndedState } from '../definitions/approvals';
import type { Detection } from '../definitions/finding';
import type { SINK_NAME } from '../definitions/wire';

/** What the workflow side tells the worker. Sinks can fire twice, so nothing here is counted as exact. */
export interface AgentSinks extends Sinks {
  readonly [SINK_NAME]: {
    /** An error of ours in the sandbox. */
    internalError(message: string): void;
    /** A detector found something; told again at every occurrence, the worker removes repeats. */
    finding(detection: Detection & { readonly taskType: string }): void;
    approvalRequested(approval: { readonly taskType: string }): void;
    /** `seconds` since it was requested. */
    approvalEnded(approval: {
      readonly taskType: string;
      readonly outcome: ApprovalEndedState;
      readonly seconds: number;
    }): void;
    /** Names of the transforms that the bundle defines; told by every run, if there are any. */
    transformsDefined(names: readonly string[]): void;
    /** A transform was applied. Sizes in bytes of JSON; absent where the result is no plain data. */
    transformed(use: { readonly transform: string; readonly before: number; readonly after: number | undefined }): void;
  };
}

export const agentSinks = proxySinks<AgentSinks>();
