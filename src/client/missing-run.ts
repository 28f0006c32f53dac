/**
 * What the server means by NOT_FOUND.
 *
 * @module
 */

import { WorkflowNotFoundError } from '@temporalio/client';

export interface RunTarget {
  readonly workflowId: string;
  readonly runId: string | undefined;
}

/** The run is there and takes nothing any more (`service/history/consts/const.go` of Temporal's server 1.29). */
export function isClosedRun(error: unknown): error is WorkflowNotFoundError {
  return error instanceof WorkflowNotFoundError && /already completed|closing/i.test(error.message);
}

export function closedRun(run: RunTarget): WorkflowNotFoundError {
  return missing(run, 'is closed: nothing can be decided in it any more');
}

export function unknownRun(run: RunTarget): WorkflowNotFoundError {
  return missing(run, 'is not in this namespace; a closed one is deleted when its retention ends');
}

function missing({ workflowId, runId }: RunTarget, what: string): WorkflowNotFoundError {
  const run = runId === undefined ? '' : `, run ${JSON.stringify(runId)},`;
  return new WorkflowNotFoundError(`Workflow ${JSON.stringify(workflowId)}${run} ${what}.`, workflowId, runId);
}
