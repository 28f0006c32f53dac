import type { ApprovalClient } from '../../client/approval-client';
import { defined } from '../../definitions/defined';
import { CliError, EXIT } from '../cli-error';
import { printable } from '../printable';
import type { RunFlags } from './approval-flags';

/** The one open approval of a run that can be decided from here. */
export async function theOpenApproval(approvals: ApprovalClient, workflowId: string, flags: RunFlags): Promise<string> {
  const { runId, timeout } = flags;
  const { open } = await approvals.get(workflowId, defined({ runId, timeout }));
  const [only, ...others] = open.filter(({ reported }) => reported !== true);
  const workflow = `Workflow ${printable(JSON.stringify(workflowId))}`;
  if (only === undefined) {
    const advice = 'To see what became of its approvals: temporal-agent-observability approvals show';
    throw new CliError(`${workflow} has no open approval that can be decided from here.`, EXIT.notFound, advice);
  }
  if (others.length > 0) {
    const ids = [only, ...others].map(({ id }) => printable(JSON.stringify(id))).join(', ');
    throw new CliError(`${workflow} has several open approvals: ${ids}.`, EXIT.usage, 'Name one of them.');
  }
  return only.id;
}
