import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { Detection } from '../definitions/finding';
import type { SINK_NAME } from '../definitions/wire';

/** What the workflow side tells the worker. Sinks can fire twice, so nothing here is counted as exact. */
export interface AgentSinks extends Sinks {
  readonly [SINK_NAME]: {
    /** An error of ours in the sandbox. */
    internalError(message: string): void;
    /** A detector found something; told again at every occurrence, the worker removes repeats. */
    finding(detection: Detection & { readonly taskType: string }): void;
  };
}

export const agentSinks = proxySinks<AgentSinks>();
