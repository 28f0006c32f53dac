/**
 * Fills a namespace with agents as fast as a development server takes them. No worker runs: those that close are started
 * with their first workflow task in the answer (eager start), which is completed at once. To the server and to visibility
 * they are workflows like any other.
 *
 * @module
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { addSearchAttributes } from '#lib/client/search-attribute-registry';
import {
  SEARCH_ATTRIBUTE_NAMES,
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
} from '#lib/definitions/search-attributes';
import type { PlannedAgent } from './population';

const { CommandType, ParentClosePolicy } = temporal.api.enums.v1;
type Command = temporal.api.command.v1.ICommand;
type Attributes = temporal.api.common.v1.ISearchAttributes;
type Child = Extract<PlannedAgent, { kind: 'child' }>;

const WORKFLOW_TYPE = { name: 'agent' };
const TASK_QUEUE = { name: 'no-worker' };
const AT_ONCE = 48;
const VISIBLE_MS = 30_000;

export class AgentNamespace {
  constructor(
    private readonly connection: Connection,
    private readonly namespace: string,
  ) {}

  async registerAttributes(): Promise<void> {
    await addSearchAttributes(this.connection, this.namespace, SEARCH_ATTRIBUTE_NAMES);
    const named = SEARCH_ATTRIBUTE_NAMES.map((name) => `${name} IS NULL`).join(' AND ');
    for (;;) {
      const isUsable = await this.count(named).catch(() => undefined);
      if (isUsable !== undefined) return;
      await sleep(100);
    }
  }

  /** @param progress told from time to time how many there are */
  async start(agents: Iterable<PlannedAgent>, progress: (started: number) => void): Promise<void> {
    const children = new Map<string, Child[]>();
    let started = 0;
    const rest = (function* () {
      for (const agent of agents) {
        if (agent.kind !== 'child') yield agent;
        else children.set(agent.parentId, [...(children.get(agent.parentId) ?? []), agent]);
      }
    })();
    const startNext = async () => {
      for (const agent of rest) {
        await this.startAgent(agent);
        started += 1;
        if (started % 1000 === 0) progress(started);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, startNext));
    for (const [parentId, ofParent] of children) await this.startChildren(parentId, ofParent);
  }

  /** Waits until visibility shows so many. */
  async untilVisible(count: number, query: string): Promise<void> {
    const deadline = Date.now() + VISIBLE_MS;
    for (;;) {
      const visible = await this.count(query);
      if (visible === count) return;
      if (Date.now() > deadline) throw new Error(`visibility shows ${visible} instead of ${count} of ${query}`);
      await sleep(200);
    }
  }

  /** Duration of the tasks of a type that completed, in milliseconds, the last to close first. */
  async closedDurations(taskType: string): Promise<number[]> {
    const { workflowService } = this.connection;
    const query = `AgentTaskType = '${taskType}' AND ExecutionStatus = 'Completed'`;
    const closed: { at: number; duration: number }[] = [];
    let nextPageToken: Uint8Array = new Uint8Array();
    do {
      const request = { namespace: this.namespace, query, pageSize: 1000, nextPageToken };
      const page = await workflowService.listWorkflowExecutions(request);
      for (const { closeTime, searchAttributes } of page.executions) {
        const at = Number(closeTime?.seconds) * 1000 + (closeTime?.nanos ?? 0) / 1e6;
        const start = searchAttributes?.indexedFields?.AgentTaskStartedAt;
        if (!start) throw new Error(`a run of ${taskType} has no AgentTaskStartedAt`);
        closed.push({ at, duration: at - Date.parse(defaultPayloadConverter.fromPayload(start)) });
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
    return closed.sort((a, b) => b.at - a.at).map(({ duration }) => duration);
  }

  private async count(query: string): Promise<number> {
    const { namespace } = this;
    return Number((await this.connection.workflowService.countWorkflowExecutions({ namespace, query })).count);
  }

  private async startAgent(agent: PlannedAgent): Promise<void> {
    const closes = agent.kind === 'closed';
    const workflowId = `agent-${agent.index}`;
    const taskToken = await this.startWorkflow(workflowId, attributesOf(agent), closes);
    if (closes) await this.completeTask(taskToken, [COMPLETE]);
  }

  private async startChildren(parentId: string, children: readonly Child[]): Promise<void> {
    const { namespace } = this;
    const { workflowService } = this.connection;
    const taskToken = await this.startWorkflow(parentId, undefined, true);
    await this.completeTask(taskToken, children.map(startChild));
    await this.untilVisible(children.length, `ParentWorkflowId = '${parentId}' AND ExecutionStatus = 'Running'`);
    if (!children.some(({ orphaned }) => orphaned)) return;
    const workflowExecution = { workflowId: parentId };
    await workflowService.terminateWorkflowExecution({ namespace, workflowExecution });
    await this.untilVisible(1, `WorkflowId = '${parentId}' AND ExecutionStatus = 'Terminated'`);
  }

  /** @returns the token of its first workflow task, if that is wanted */
  private async startWorkflow(
    workflowId: string,
    searchAttributes: Attributes | undefined,
    requestEagerExecution: boolean,
  ): Promise<Uint8Array> {
    const { eagerWorkflowTask } = await this.connection.workflowService.startWorkflowExecution({
      namespace: this.namespace,
      workflowId,
      requestId: workflowId,
      workflowType: WORKFLOW_TYPE,
      taskQueue: TASK_QUEUE,
      requestEagerExecution,
      ...(searchAttributes && { searchAttributes }),
    });
    const taskToken = eagerWorkflowTask?.taskToken ?? new Uint8Array();
    if (requestEagerExecution && taskToken.length === 0) {
      throw new Error('the server gave no workflow task with the start (system.enableEagerWorkflowStart)');
    }
    return taskToken;
  }

  private async completeTask(taskToken: Uint8Array, commands: Command[]): Promise<void> {
    const { namespace } = this;
    await this.connection.workflowService.respondWorkflowTaskCompleted({ namespace, taskToken, commands });
  }
}

const COMPLETE: Command = {
  commandType: CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION,
  completeWorkflowExecutionCommandAttributes: {},
};

function startChild(child: Child): Command {
  return {
    commandType: CommandType.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
    startChildWorkflowExecutionCommandAttributes: {
      workflowId: `agent-${child.index}`,
      workflowType: WORKFLOW_TYPE,
      taskQueue: TASK_QUEUE,
      parentClosePolicy: ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON,
      searchAttributes: attributesOf(child),
    },
  };
}

/** Those that a worker with the plugin writes. */
function attributesOf(agent: PlannedAgent): Attributes {
  const now = Date.now();
  const values: Partial<Record<SearchAttributeName, string | number>> = {
    AgentTaskType: agent.taskType,
    AgentTaskId: `order-${agent.index}`,
    AgentSessionId: `session-${agent.index}`,
    AgentModel: 'gpt-5-mini-2025-08-07',
    AgentLastTool: 'search',
    AgentIteration: 1 + (agent.index % 40),
    AgentTokens: 1000 + 250 * (agent.index % 400),
    AgentTaskStartedAt: new Date(now - agent.ageMs).toISOString(),
    ...(agent.kind === 'approval' && {
      AgentApprovalState: agent.state,
      AgentApprovalDueAt: new Date(now + agent.dueInMs).toISOString(),
    }),
  };
  const indexedFields = Object.entries(values).map(([name, value]) => [name, payloadOf(name, value)]);
  return { indexedFields: Object.fromEntries(indexedFields) };
}

function payloadOf(name: string, value: string | number) {
  const type = SEARCH_ATTRIBUTES.find((attribute) => attribute.name === name)?.type ?? 'Keyword';
  const { metadata, ...payload } = defaultPayloadConverter.toPayload(value);
  return { ...payload, metadata: { ...metadata, type: Buffer.from(type) } };
}
