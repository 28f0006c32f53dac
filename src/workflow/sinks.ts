import { proxySinks, type Sinks } from '@temporalio/workflow';
import type { SINK_NAME } from '../definitions/wire';

/** What the workflow side tells the worker. Sinks can fire twice, so nothing here is counted as exact. */
export interface AgentSinks extends Sinks {
  readonly [SINK_NAME]: {
    /** An error of ours in the sandbox. */
    internalError(message: string): void;
  };
}

export const agentSinks = proxySinks<AgentSinks>();
