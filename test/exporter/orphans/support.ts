import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { expect } from 'vitest';
import { allOf, oneOf, RUNNING } from '#lib/client/visibility-query';
import type { Orphan, OrphansRequest } from '#lib/exporter/orphans';
import { findOrphans } from '#lib/exporter/orphans';
import { TemporalDescriber } from '#lib/exporter/temporal-describer';
import { TemporalRequests } from '#lib/exporter/temporal-requests';
import { TemporalVisibility } from '#lib/exporter/temporal-visibility';
import type { Server } from '../../plugin/observed';
import { SOON } from '../support';

export const activities = {
  async search(query: string): Promise<string> {
    return `about ${query}`;
  },
};

type Started = WorkflowHandleWithFirstExecutionRunId;

export const TASK_QUEUE = 'orphans';

/** What parents do, and what is found then. */
export class Parents {
  constructor(readonly server: Server) {}

  /** Starts a parent and waits until its child is seen to be an agent. */
  async start(
    workflowId: string,
    what?: 'with a middle agent' | 'with a child later',
    options: object = {},
  ): Promise<Started> {
    const args = what === undefined ? [] : [what];
    const handle = await this.client.start('parent', { workflowId, taskQueue: TASK_QUEUE, args, ...options });
    await this.seen(`WorkflowId = '${workflowId}/child' AND AgentTaskType IS NOT NULL`);
    return handle;
  }

  /** Waits until visibility has a run, or has none any more. */
  async seen(condition: string, count = 1): Promise<void> {
    await expect.poll(() => this.visibility.count('orphans', condition), SOON).toBe(count);
  }

  async closed({ workflowId }: WorkflowHandle, status: string): Promise<void> {
    await this.seen(`WorkflowId = '${workflowId}' AND ExecutionStatus = '${status}'`);
  }

  /** Orphans whose workflow id begins so. */
  async orphans(prefix: string, request: Partial<OrphansRequest> = {}): Promise<readonly Orphan[]> {
    return (await this.find(request)).orphans.filter(({ run }) => run.workflowId.startsWith(prefix));
  }

  find(request: Partial<OrphansRequest> = {}, visibility = this.visibility) {
    const { client, namespace } = this.server;
    const requests = new TemporalRequests(client.connection, { requestsPerSecond: 100 });
    const describer = new TemporalDescriber(requests, namespace);
    return findOrphans({ visibility, describer }, { limit: 100, describeLimit: 20, nowMs: Date.now(), ...request });
  }

  /** How many visibility requests it takes to find orphans. */
  async requests(request: Partial<OrphansRequest>): Promise<number> {
    const { client, namespace } = this.server;
    let count = 0;
    const metrics = {
      inc: () => {
        count += 1;
      },
    };
    await this.find(request, new TemporalVisibility(client.connection, namespace, { requestsPerSecond: 100, metrics }));
    return count;
  }

  get visibility(): TemporalVisibility {
    const { client, namespace } = this.server;
    return new TemporalVisibility(client.connection, namespace, { requestsPerSecond: 100 });
  }

  get client() {
    return this.server.client.workflow;
  }
}

const { CommandType, ParentClosePolicy } = temporal.api.enums.v1;

export interface ChildOptions {
  readonly workflowIds: readonly string[];
  readonly taskType: string;
  /** The parent's own when left out. */
  readonly namespace?: string;
}

/**
 * Starts a parent of agents that no worker ever takes, with the policy ABANDON. Commands are sent as a worker sends them,
 * for an SDK starts no children in other namespaces.
 */
export async function startParentOf(client: Client, workflowId: string, options: ChildOptions): Promise<Started> {
  const { workflowService } = client;
  const { namespace } = client.options;
  const taskQueue = { name: `parent-${randomUUID()}` };
  const handle = await client.workflow.start('rawParent', { workflowId, taskQueue: taskQueue.name });
  const { taskToken } = await client.connection.withDeadline(Date.now() + 10_000, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue }),
  );
  const taskType = {
    data: Buffer.from(JSON.stringify(options.taskType)),
    metadata: { encoding: Buffer.from('json/plain') },
  };
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    taskToken,
    commands: options.workflowIds.map((childId) => ({
      commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
      startChildWorkflowExecutionCommandAttributes: {
        namespace: options.namespace ?? namespace,
        workflowId: childId,
        workflowType: { name: 'rawChild' },
        taskQueue: { name: `${taskQueue.name}-children` },
        workflowTaskTimeout: msToTs('10 seconds'),
        parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON,
        searchAttributes: { indexedFields: { AgentTaskType: taskType } },
      },
    })),
  });
  // A child that is not started yet when its parent closes never is.
  const children = {
    namespace: options.namespace ?? namespace,
    query: allOf(RUNNING, oneOf('WorkflowId', options.workflowIds)),
  };
  await expect
    .poll(async () => Number((await workflowService.countWorkflowExecutions(children)).count), SOON)
    .toBe(options.workflowIds.length);
  return handle;
}
