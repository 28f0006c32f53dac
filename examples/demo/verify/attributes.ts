import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { AgentRecord } from 'temporal-agent-observability/content';
import { type ListedAgent, listAgents } from '../agent-list';
import type { Checks } from './checks';

const VISIBILITY_MS = 30_000;

/** Waits until List shows that every agent is closed: visibility follows the history with some delay. */
export async function closedAgents(client: Client, started: ReadonlySet<string>): Promise<ListedAgent[]> {
  const deadline = Date.now() + VISIBILITY_MS;
  for (;;) {
    const agents = await listAgents(client);
    const closed = new Set(agents.filter(({ status }) => status !== 'RUNNING').map(({ workflowId }) => workflowId));
    if (closed.size === agents.length && [...started].every((id) => closed.has(id))) return sortById(agents);
    if (Date.now() > deadline) {
      const open = agents.filter(({ status }) => status === 'RUNNING').map(({ workflowId }) => workflowId);
      throw new Error(`After ${VISIBILITY_MS / 1000} s, Temporal's List still shows as running: ${open.join(', ')}`);
    }
    await sleep(200);
  }
}

export function describeAgent({ workflowId, workflowType, status, attributes }: ListedAgent): string[] {
  return [
    `${workflowId}  (${workflowType}, ${status})`,
    ...[...attributes].map(
      ([name, value]) => `  ${name.padEnd(20)}${value instanceof Date ? value.toISOString() : value}`,
    ),
  ];
}

/** What List returns must be what the records of the agent's attempts add up to. */
export function verifyAttributes(checks: Checks, agent: ListedAgent, records: readonly AgentRecord[]): void {
  const { workflowId, attributes } = agent;
  const answers = records.filter(({ turns }) => turns !== undefined);
  const tools = records.filter(({ kind }) => kind === 'tool');
  const [identity] = records;
  const tokens = sum(answers.map(({ usage }) => (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0)));
  const expected = new Map<string, unknown>([
    ['AgentTaskType', identity?.taskType],
    ['AgentTaskId', identity?.taskId],
    ['AgentSessionId', identity?.sessionId],
    ['AgentModel', answers.at(-1)?.model],
    ['AgentLastTool', tools.at(-1)?.tool],
    ['AgentIteration', sum(answers.map(({ turns }) => turns ?? 0))],
    ['AgentTokens', tokens],
  ]);
  const wrong = [...expected].filter(([name, value]) => attributes.get(name) !== value);
  checks.check(`${workflowId}: attributes are what its records add up to`, wrong.length === 0, () =>
    wrong.map(([name, value]) => `${name} is ${attributes.get(name)}, records say ${value}`).join('; '),
  );
  checks.check(`${workflowId}: has the start of its task`, attributes.get('AgentTaskStartedAt') instanceof Date, () =>
    String(attributes.get('AgentTaskStartedAt')),
  );
}

function sortById(agents: readonly ListedAgent[]): ListedAgent[] {
  return agents.toSorted((a, b) => a.workflowId.localeCompare(b.workflowId));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
