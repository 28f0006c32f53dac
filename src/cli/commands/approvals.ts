import type { Command } from 'commander';
import type { ApprovalClient } from '../../client/approval-client';
import { ApprovalRefusedError } from '../../client/approval-errors';
import { type GetApprovalsOptions, type ListApprovalsOptions, MAX_LISTED } from '../../client/approval-options';
import type { ApprovalsView, ApprovalView } from '../../definitions/approvals';
import { defined } from '../../definitions/defined';
import {
  type ApprovalFlags,
  addApprovalOptions,
  addRunOption,
  parseApprovalId,
  parseId,
  type RunFlags,
  withApprovals,
} from '../approvals/approval-flags';
import { listLines, viewLines } from '../approvals/print-approvals';
import { addRemarkCommands } from '../approvals/remark-commands';
import { CliError, EXIT } from '../cli-error';
import type { Output } from '../output';
import { printable } from '../printable';
import { wholeNumber } from '../whole-number';

interface ListFlags extends ApprovalFlags {
  readonly overdue?: boolean;
  readonly taskType?: string;
  readonly limit?: number;
  readonly details: boolean;
}

export function addApprovalsCommand(program: Command, output: Output): void {
  const approvals = program
    .command('approvals')
    .description('Finds the approvals that agents wait for, and decides them.')
    .addHelpText(
      'after',
      `
Exit code 6: the workflow refused, for example since the opposite was decided. With --json, what it says is printed.
Who may update or signal a workflow may decide its approvals; --actor is a claim that nobody checks.

Examples:
  $ temporal-agent-observability approvals list --overdue
  $ temporal-agent-observability approvals show refund-17
  $ temporal-agent-observability approvals ack refund-17 --note "looking at it"
  $ temporal-agent-observability approvals approve refund-17 refund --actor kim@example.com --json`,
    );
  addListCommand(approvals, output);
  addShowCommand(approvals, output);
  addRemarkCommands(approvals, output);
}

function addListCommand(approvals: Command, output: Output): void {
  const command = approvals
    .command('list')
    .description('Lists open approvals, the most urgent first.')
    .option('--overdue', 'only those whose due time has passed')
    .option('--task-type <type>', 'only runs of this AgentTaskType', parseId)
    .option('--limit <n>', `most approvals to list, up to ${MAX_LISTED} (default: 100)`, wholeNumber(1, MAX_LISTED))
    .option('--no-details', 'ask visibility alone: one approval a run, without id and subject');
  addApprovalOptions(command, 'longest to wait for the details of all runs together (default: 10s)').action(
    async (flags: ListFlags) => {
      const { namespace } = flags;
      const found = await withApprovals(flags, (client) => client.list(listOptions(flags)));
      if (flags.json === true) output.print(JSON.stringify({ namespace, ...found }, null, 2));
      else for (const line of listLines(found, what(flags))) output.print(line);
    },
  );
}

function addShowCommand(approvals: Command, output: Output): void {
  const command = approvals
    .command('show')
    .description('Shows the approvals of one run with everything that happened to them; of a closed run too.')
    .argument('<workflow-id>', 'workflow id of the agent', parseId)
    .argument('[approval-id]', 'one approval; all when left out', parseApprovalId);
  addApprovalOptions(addRunOption(command), 'longest to wait for an answer (default: 30s)').action(
    async (workflowId: string, approvalId: string | undefined, flags: RunFlags) => {
      const { namespace, runId, timeout } = flags;
      const options = defined({ runId, timeout });
      const view = await withApprovals(flags, (client) => read(client, workflowId, approvalId, options));
      if (flags.json === true) output.print(JSON.stringify({ namespace, workflowId, ...view }, null, 2));
      else for (const line of viewLines(view, Date.now())) output.print(line);
    },
  );
}

async function read(
  client: ApprovalClient,
  workflowId: string,
  approvalId: string | undefined,
  options: GetApprovalsOptions,
): Promise<ApprovalsView> {
  try {
    const { open, ended } = await client.get(workflowId, options);
    if (approvalId === undefined) return { open, ended };
    const only = ({ id }: ApprovalView) => id === approvalId;
    const view = { open: open.filter(only), ended: ended.filter(only) };
    if (view.open.length + view.ended.length > 0) return view;
  } catch (error) {
    if (!(error instanceof ApprovalRefusedError)) throw error;
  }
  const what = approvalId === undefined ? 'any approval' : `approval ${printable(JSON.stringify(approvalId))}`;
  throw new CliError(
    `Workflow ${printable(JSON.stringify(workflowId))} has not requested ${what}.`,
    EXIT.notFound,
    'It may still. In a run that continued as new, the approvals that ended long ago are forgotten.',
  );
}

function listOptions({ overdue, taskType, limit, details, timeout }: ListFlags): ListApprovalsOptions {
  return defined({ overdue, taskType, limit, details, timeout });
}

function what({ overdue, taskType, namespace }: ListFlags): string {
  const type = taskType === undefined ? '' : ` of task type ${JSON.stringify(taskType)}`;
  return printable(
    `${overdue === true ? 'overdue' : 'open'} approvals${type} in namespace ${JSON.stringify(namespace)}`,
  );
}
