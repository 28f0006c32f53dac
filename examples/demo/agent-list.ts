import type { Client, WorkflowExecutionInfo } from '@temporalio/client';

/** One agent as Temporal's List returns it: the newest run of its workflow id. */
export interface ListedAgent {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly status: string;
  readonly startTime: Date;
  /** Its `Agent…` search attributes by name; what an agent does not have is left out. */
  readonly attributes: ReadonlyMap<string, string | number | Date>;
}

/** Agents of the namespace, newest first. */
export async function listAgents(client: Client, limit = 1_000): Promise<ListedAgent[]> {
  const agents = new Map<string, ListedAgent>();
  for await (const run of client.workflow.list()) {
    const known = agents.get(run.workflowId);
    if (known === undefined || known.startTime < run.startTime) agents.set(run.workflowId, toAgent(run));
    if (agents.size >= limit) break;
  }
  return [...agents.values()];
}

function toAgent(run: WorkflowExecutionInfo): ListedAgent {
  const attributes = new Map<string, string | number | Date>();
  for (const { key, value } of run.typedSearchAttributes.getAll()) {
    if (!key.name.startsWith('Agent')) continue;
    attributes.set(key.name, Array.isArray(value) ? value.join(', ') : (value as string | number | Date));
  }
  const { workflowId, type: workflowType, startTime } = run;
  return { workflowId, workflowType, status: run.status.name, startTime, attributes };
}
