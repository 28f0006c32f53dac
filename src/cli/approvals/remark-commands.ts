import type { Command } from 'commander';
import type { ApprovalClient } from '../../client/approval-client';
import { ApprovalRefusedError } from '../../client/approval-errors';
import type { ApprovalVerdict, ApprovalView } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import type { Output } from '../output';
import { printable } from '../printable';
import {
  actorOf,
  addApprovalOptions,
  addRemarkOptions,
  parseApprovalId,
  parseId,
  type RemarkFlags,
  withApprovals,
} from './approval-flags';
import { approvalLines } from './print-approvals';
import { theOpenApproval } from './the-open-approval';

interface RemarkCommand {
  readonly name: string;
  readonly description: string;
  /** Absent for an acknowledgement. */
  readonly verdict?: ApprovalVerdict;
}

const COMMANDS: readonly RemarkCommand[] = [
  {
    name: 'ack',
    description: 'Says that somebody has seen an approval and takes care of it. It stays open, and due when it was.',
  },
  { name: 'approve', description: 'Approves what an agent waits for.', verdict: 'approve' },
  { name: 'reject', description: 'Rejects what an agent waits for.', verdict: 'reject' },
];

/** What the commands print with `--json`. */
interface RemarkResult {
  readonly namespace: string;
  readonly workflowId: string;
  readonly approvalId: string;
  readonly via: 'update' | 'signal';
  /** As it is after the update; absent after a signal. */
  readonly approval?: ApprovalView;
}

export function addRemarkCommands(approvals: Command, output: Output): void {
  for (const remark of COMMANDS) {
    const command = approvals
      .command(remark.name)
      .description(remark.description)
      .argument('<workflow-id>', 'workflow id of the agent', parseId)
      .argument('[approval-id]', 'may be left out where one approval of the run is open', parseApprovalId);
    addApprovalOptions(addRemarkOptions(command), 'longest to wait for an answer (default: 30s)');
    command.action(async (workflowId: string, approvalId: string | undefined, flags: RemarkFlags) => {
      const result = await withApprovals(flags, async (client) => {
        const id = approvalId ?? (await theOpenApproval(client, workflowId, flags));
        if (approvalId === undefined) output.note(`The one open approval: ${printable(id)}`);
        return saying(flags, output, () => send(client, remark, workflowId, id, flags));
      });
      if (flags.json === true) output.print(JSON.stringify(result, null, 2));
      else for (const line of lines(result)) output.print(line);
    });
  }
}

async function send(
  client: ApprovalClient,
  { verdict }: RemarkCommand,
  workflowId: string,
  approvalId: string,
  flags: RemarkFlags,
): Promise<RemarkResult> {
  const { namespace, note, runId, timeout } = flags;
  const via = flags.signal === true ? 'signal' : 'update';
  const options = { via, ...defined({ actor: actorOf(flags), note, runId, timeout }) } as const;
  const approval =
    verdict === undefined
      ? await client.acknowledge(workflowId, approvalId, options)
      : await client.decide(workflowId, approvalId, { verdict, ...options });
  return defined({ namespace, workflowId, approvalId, via, approval });
}

/** With `--json`, a refusal is an answer that programs read, beside the error. */
async function saying<T>(flags: RemarkFlags, output: Output, sending: () => Promise<T>): Promise<T> {
  try {
    return await sending();
  } catch (error) {
    if (flags.json === true && error instanceof ApprovalRefusedError) {
      const { workflowId, approvalId, reason, retry, approval } = error;
      const { namespace } = flags;
      output.print(
        JSON.stringify({ namespace, workflowId, approvalId, refused: { reason, retry }, approval }, null, 2),
      );
    }
    throw error;
  }
}

function lines({ approvalId, approval }: RemarkResult): string[] {
  if (approval !== undefined) return approvalLines(approval, Date.now());
  return [`Recorded for approval ${printable(approvalId)}; it counts once the workflow has seen it.`];
}
