import type { Client } from '@temporalio/client';
import { withAgentTask } from 'temporal-agent-observability';
import { TASK_QUEUE } from '../../examples/demo/agents';

/** Overdue half a minute after it was requested. */
const DUE_MS = 30_000;

/** One agent that is stuck, and one whose approval nobody gives. They end by themselves after an hour. */
export async function seed(client: Client): Promise<void> {
  const again = { taskQueue: TASK_QUEUE, workflowIdConflictPolicy: 'USE_EXISTING' } as const;
  await withAgentTask({ taskId: 'stuck' }, () =>
    client.workflow.start('stuckResearch', { ...again, workflowId: 'stuck-agent' }),
  );
  await withAgentTask({ taskId: 'unapproved' }, () =>
    client.workflow.start('refund', { ...again, workflowId: 'unapproved-refund', args: [DUE_MS] }),
  );
}
