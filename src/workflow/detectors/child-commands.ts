/**
 * What commands say of child workflows and of the run's end. Commands are what the server gets to see: a child that is
 * started in a cancelled scope, for example, has none.
 *
 * @module
 */

import { bundleConfig } from '../bundle-config';
import type { Command, WatchedRun } from './workflow-detector';

/** `coresdk.child_workflow.ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON`; the enum itself is not part of the sandbox. */
const PARENT_CLOSE_POLICY_ABANDON = 2;

export type ChildStart = NonNullable<Command['startChildWorkflowExecution']>;

/** The start of a child that goes on when its parent closes. */
export function abandonedChild({ startChildWorkflowExecution: child }: Command): ChildStart | undefined {
  return child?.parentClosePolicy === PARENT_CLOSE_POLICY_ABANDON ? child : undefined;
}

/** How a command closes the run, if it does. */
export function closing(command: Command): string | undefined {
  if (command.completeWorkflowExecution) return 'completed';
  if (command.failWorkflowExecution) return 'failed';
  if (command.cancelWorkflowExecution) return 'was cancelled';
  if (command.continueAsNewWorkflowExecution) return 'continued as new';
  return undefined;
}

/**
 * Whether a child is taken for an agent, of which its parent cannot know: it is when the parent is one, or when the
 * options name a task type for it.
 */
export function isAgentChild({ state }: WatchedRun, workflowType: string): boolean {
  return state.iteration > 0 || Object.hasOwn(bundleConfig.taskTypes, workflowType);
}
