import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { withAgentTask } from 'temporal-agent-observability';
import { briefing, decide, monitor, purchase, report, research } from './workflows';

export const TASK_QUEUE = 'demo-agents';

/** How an agent is started for the nth time. */
export interface AgentStart {
  readonly client: Client;
  readonly number: number;
  /** Stands in for a secret that a user pastes into a prompt: it must not be stored. */
  readonly secret: string;
  /** Whether the local provider server answers; it is told in the prompt what to play. */
  readonly scripted: boolean;
  /** Time that a human takes to decide; two seconds when left out. */
  readonly decisionMs?: number;
}

export interface DemoAgent {
  readonly name: string;
  readonly provider: 'openai' | 'anthropic';
  start(start: AgentStart): Promise<WorkflowHandle>;
}

const DECISION_MS = 2_000;

/** Every how many numbers something goes wrong that may go wrong now and then, beginning with the first. */
const NOW_AND_THEN = 40;

export const DEMO_AGENTS: readonly DemoAgent[] = [
  {
    name: 'research',
    provider: 'openai',
    start: (start) =>
      startAs('customer-research', 'research', start, (workflowId) =>
        start.client.workflow.start(research, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [
            {
              question: prompt(
                start,
                `What is durable execution? Our key is ${start.secret}, in case you need it.`,
                '[plan: search, read_page; delay=200; cached=20]',
              ),
            },
          ],
        }),
      ),
  },
  {
    name: 'briefing',
    provider: 'anthropic',
    start: (start) =>
      startAs('briefing', 'briefing', start, (workflowId) =>
        start.client.workflow.start(briefing, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [
            {
              topic: 'durable execution',
              aspects: [
                'How does it survive a crash?',
                'What does it cost?',
                prompt(start, 'How would one break into it?', isUnlucky(start) ? '[plan: refuse]' : ''),
              ],
            },
          ],
        }),
      ),
  },
  {
    name: 'monitor',
    provider: 'openai',
    start: (start) =>
      startAs('monitoring', 'monitor', start, (workflowId) =>
        start.client.workflow.start(monitor, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [{ sensor: 'cold-store-3', cyclesLeft: 7, pauseMs: 200, reports: [] }],
        }),
      ),
  },
  {
    name: 'purchase',
    provider: 'openai',
    start: async (start) => {
      const handle = await startAs('purchasing', 'purchase', start, (workflowId) =>
        start.client.workflow.start(purchase, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [
            { item: 'compressor', quantity: 2, request: 'The compressors in hall 3 fail every week. Replace them.' },
          ],
        }),
      );
      void approveLater(handle, start.decisionMs ?? DECISION_MS);
      return handle;
    },
  },
  {
    name: 'report',
    provider: 'openai',
    start: (start) =>
      startAs('reporting', 'report', start, (workflowId) =>
        start.client.workflow.start(report, {
          workflowId,
          taskQueue: TASK_QUEUE,
          args: [
            {
              subject: prompt(
                start,
                'The state of durable execution',
                `[plan: ${isUnlucky(start) ? '429 once; retry-after=1; ' : ''}large=200000]`,
              ),
            },
          ],
        }),
      ),
  },
];

/** The whole of the observability code: who the agent works for. Optional. */
function startAs<T>(
  taskType: string,
  name: string,
  { number }: AgentStart,
  start: (workflowId: string) => Promise<T>,
): Promise<T> {
  const identity = { taskType, taskId: `task-${number}`, sessionId: `session-${number}` };
  return withAgentTask(identity, () => start(`${name}-${number}`));
}

/** The fleet of `e2e:healthy` numbers across all agents, of which the report is the fifth. */
function isUnlucky({ number }: AgentStart): boolean {
  return [1, 4].includes(number % NOW_AND_THEN);
}

function prompt({ scripted }: AgentStart, text: string, script: string): string {
  return scripted && script !== '' ? `${text} ${script}` : text;
}

async function approveLater(handle: WorkflowHandle, decisionMs: number): Promise<void> {
  await sleep(decisionMs, undefined, { ref: false });
  // The demo may have been stopped meanwhile.
  await handle.signal(decide, 'approved').catch(() => undefined);
}
