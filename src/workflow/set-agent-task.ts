import { type AgentIdentity, usableIdentity } from '../definitions/agent-header';
import { currentRun } from './current-run';
import { observe } from './observe';

/**
 * Names the task that this run works on, from inside the workflow; what is left out stays as it is. The names show in
 * search attributes from the next write on, in the logs, spans and records of activities scheduled from now on, and as
 * ids of children started from now on. Calling it adds nothing to history.
 *
 * Does nothing when the bundle was built without the plugin, so that the same code runs with and without it. A name that
 * is not a non-empty string of at most 1,024 characters is ignored: an observer must not fail a workflow.
 *
 * @example
 * ```ts
 * export async function researchAgent(request: Request): Promise<Report> {
 *   setAgentTask({ taskType: 'research', taskId: request.ticket });
 *   ...
 * }
 * ```
 */
export function setAgentTask(identity: AgentIdentity): void {
  observe(() => currentRun()?.nameTask(usableIdentity(identity)));
}
