import type { Connection } from '@temporalio/client';
import type { Command } from 'commander';
import { redactErrorText } from '../../content/redaction';
import { CliError, EXIT, isNotFoundError } from '../cli-error';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connection';
import { addContentDirectoryOption, type ContentDirectoryFlags } from '../content-directory';
import { buildExplanation } from '../explain/build-explanation';
import type { Explanation } from '../explain/explanation';
import { printExplanation } from '../explain/print-explanation';
import { type Chain, readChain } from '../explain/read-chain';
import { readRecords } from '../explain/read-records';
import type { Output } from '../output';
import { wholeNumber } from '../whole-number';

interface ExplainFlags extends ConnectionFlags, ContentDirectoryFlags {
  readonly runId?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Some seconds of reading; a history can have 51,200 events. */
const DEFAULT_EVENT_LIMIT = 20_000;

export function addExplainCommand(program: Command, output: Output): void {
  const command = program
    .command('explain')
    .description('Tells the story of one agent from its history and records: what it did, and what it waits for.')
    .argument('<workflow-id>', 'workflow id of the agent')
    .option('--run-id <id>', 'one run of a continue-as-new chain; the latest one when left out')
    .option('--limit <events>', 'most history events to read', wholeNumber(1), DEFAULT_EVENT_LIMIT)
    .option('--json', 'print the story as JSON; its form is described in docs/explain.md');
  addConnectionOptions(addContentDirectoryOption(command))
    .addHelpText(
      'after',
      `
Works for runs without records too: model calls are then recognised in their history.

Examples:
  $ temporal-agent-observability explain research-42
  $ temporal-agent-observability explain research-42 --content-dir /var/lib/agent-content
  $ temporal-agent-observability explain research-42 --json | jq '.waitingFor'`,
    )
    .action(async (workflowId: string, flags: ExplainFlags) => {
      const explanation = await withConnection(flags, (connection) => explain(connection, workflowId, flags));
      if (flags.json === true) output.print(JSON.stringify(explanation, null, 2));
      else for (const line of printExplanation(explanation)) output.print(line);
    });
}

async function explain(connection: Connection, workflowId: string, flags: ExplainFlags): Promise<Explanation> {
  const { namespace, contentDir } = flags;
  const chain = await findChain(connection, workflowId, flags);
  const runIds = chain.runs.map(({ description }) => description.runId);
  const recorded = await readRecords({ directory: contentDir, namespace, workflowId, runIds });
  return buildExplanation({
    namespace,
    workflowId,
    chain,
    ...recorded,
    nowMs: Date.now(),
    redact: redactErrorText,
  });
}

async function findChain(connection: Connection, workflowId: string, flags: ExplainFlags): Promise<Chain> {
  const { namespace, runId, limit, address } = flags;
  try {
    return await readChain(connection.workflowService, {
      namespace,
      workflowId,
      limit,
      ...(runId !== undefined ? { runId } : {}),
    });
  } catch (error) {
    if (!isNotFoundError(error)) throw error;
    const run = runId === undefined ? '' : ` with run id "${runId}"`;
    throw new CliError(
      `There is no workflow "${workflowId}"${run} in namespace "${namespace}" at ${address}.`,
      EXIT.notFound,
      'Check the id, --namespace (TEMPORAL_NAMESPACE) and --address; a closed run is deleted when its retention ends. To find agents: temporal workflow list --query "AgentTaskType IS NOT NULL"',
      { cause: error },
    );
  }
}
