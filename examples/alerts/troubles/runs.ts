import { ApprovalClient } from 'temporal-agent-observability/client';
import type { Surroundings } from '../surroundings';
import { kill, startWorker } from '../worker-process';
import type { Trouble, TroubleInPlay } from './trouble';

export const RUNS: Trouble = {
  name: 'runs',
  namespace: 'trouble-runs',
  breaks: 'Nobody decides until the approval is escalated, a child runs on without its parent, code fails at each try.',
  cure: 'It is decided, the child ends, and the run that cannot go on is terminated.',
  alerts: [
    { alert: 'TemporalAgentApprovalEscalated', severity: 'warning', names: 'purchase-1' },
    { alert: 'TemporalAgentOrphaned', severity: 'warning', names: 'audit-1' },
    { alert: 'TemporalAgentWorkflowTasksFailing', severity: 'critical', names: 'report-1' },
  ],
};

/** Time to decide; the first poll of the exporter after it finds it escalated. */
const DECISION_MS = 2_000;

export async function beginRunTroubles(surroundings: Surroundings): Promise<TroubleInPlay> {
  const { namespace } = RUNS;
  const taskQueue = 'runs';
  const worker = await startWorker('troubles/worker.ts', surroundings, { namespace, taskQueue });
  const client = surroundings.client(namespace);
  await client.workflow.start('purchase', { workflowId: 'purchase-1', taskQueue, args: [DECISION_MS] });
  await client.workflow.start('delegate', { workflowId: 'delegate-1', taskQueue });
  await client.workflow.start('report', { workflowId: 'report-1', taskQueue });
  return {
    mend: async () => {
      await new ApprovalClient(client).decide('purchase-1', 'purchase', { verdict: 'approve', actor: 'operations' });
      await client.workflow.getHandle('audit-1').signal('proceed');
      await client.workflow.getHandle('report-1').terminate('it cannot go on');
    },
    end: () => kill(worker),
  };
}
