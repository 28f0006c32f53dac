/**
 * Names for the tasks of the workflows that a client starts.
 *
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  Client,
  WorkflowClient,
  WorkflowHandleWithFirstExecutionRunId,
  WorkflowStartOptions,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import { type AgentIdentity, usableIdentity } from '../definitions/agent-header';

const ambient = new AsyncLocalStorage<AgentIdentity>();

/**
 * Runs `fn` so that every workflow started within (also signal-with-start, update-with-start and schedules) through a
 * client with the plugin works for this task. Calls nest: what an inner call leaves out is inherited.
 *
 * A name that is not a non-empty string of at most 1,024 characters is ignored.
 *
 * @example
 * ```ts
 * app.post('/research', (request) =>
 *   withAgentTask({ taskType: 'research', taskId: request.ticket, sessionId: request.session }, () =>
 *     client.workflow.start(researchAgent, { workflowId, taskQueue, args }),
 *   ),
 * );
 * ```
 */
export function withAgentTask<T>(identity: AgentIdentity, fn: () => T): T {
  return ambient.run({ ...ambient.getStore(), ...usableIdentity(identity) }, fn);
}

/** The task that the surrounding {@link withAgentTask} named; empty outside. */
export function currentAgentTask(): AgentIdentity {
  return ambient.getStore() ?? {};
}

/** Options of {@link startAgent}: those of `client.workflow.start`, and the task's names. */
export type StartAgentOptions<T extends Workflow> = WorkflowStartOptions<T> & { readonly agentTask: AgentIdentity };

/**
 * `client.workflow.start` for one named task.
 *
 * @example
 * ```ts
 * await startAgent(client, researchAgent, {
 *   workflowId, taskQueue, args, agentTask: { taskType: 'research', taskId: ticket },
 * });
 * ```
 *
 * @throws whatever `client.workflow.start` throws
 */
export function startAgent<T extends Workflow>(
  client: Client | WorkflowClient,
  workflow: string | T,
  options: StartAgentOptions<T>,
): Promise<WorkflowHandleWithFirstExecutionRunId<T>> {
  const { agentTask, ...startOptions } = options;
  const workflowClient = 'workflow' in client ? client.workflow : client;
  return withAgentTask(agentTask, () =>
    workflowClient.start<T>(workflow, startOptions as unknown as WorkflowStartOptions<T>),
  );
}
