import type { Connection } from '@temporalio/client';
import { type Command, Option } from 'commander';
import { type FoundOrphans, findOrphans, type Orphan } from '../../exporter/orphans';
import { taskStartMs } from '../../exporter/task-start';
import { TemporalDescriber } from '../../exporter/temporal-describer';
import { TemporalRequests } from '../../exporter/temporal-requests';
import { TemporalVisibility } from '../../exporter/temporal-visibility';
import { CliError, EXIT } from '../cli-error';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connection';
import { parseDuration } from '../duration';
import { plural } from '../explain/format';
import { type EndBy, type EndResult, endOrphans } from '../orphans/end-orphans';
import { buildReport, reportLines } from '../orphans/report';
import type { Output } from '../output';
import type { Terminal } from '../terminal';
import { wholeNumber } from '../whole-number';

interface OrphansFlags extends ConnectionFlags {
  readonly taskType?: string;
  readonly olderThan?: number;
  readonly limit: number;
  readonly cancel?: boolean;
  readonly terminate?: boolean;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const DEFAULT_LIMIT = 1000;
/** Most parents that the server itself is asked about. */
const DESCRIBE_LIMIT = 500;
/** Describe does not count towards the rate limit of visibility. */
const DESCRIBES_PER_SECOND = 50;

export function addOrphansCommand(program: Command, output: Output, terminal: Terminal): void {
  const command = program
    .command('orphans')
    .description('Lists agents that run although the workflow that started them is closed; can end them.')
    .option('--task-type <type>', 'only agents of this AgentTaskType')
    .option(
      '--older-than <duration>',
      'only agents whose task began so long ago: a number and s, m, h or d',
      parseDuration,
    )
    .option('--limit <n>', 'most running children to look at, from the oldest on', wholeNumber(1), DEFAULT_LIMIT)
    .option('--cancel', 'ask them to end: their code can clean up, and can refuse')
    .addOption(new Option('--terminate', 'end them at once: their code is not asked').conflicts('cancel'))
    .option('--reason <text>', 'stands in their histories; how the parent ended when left out')
    .option('--yes', 'do not ask before ending them')
    .option(
      '--json',
      'print the list, and what came of ending them, as JSON; its form is described in docs/orphans.md',
    );
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
A parent that has continued as new is not closed. An agent that is meant to outlive its parent is listed like any other.

Examples:
  $ temporal-agent-observability orphans
  $ temporal-agent-observability orphans --task-type research --older-than 1h --cancel
  $ temporal-agent-observability orphans --json | jq -r '.orphans[].workflowId'`,
    )
    .action(async (flags: OrphansFlags) => {
      const by = endBy(flags, terminal);
      await withConnection(flags, (connection) => orphans(connection, by, flags, output, terminal));
    });
}

async function orphans(
  connection: Connection,
  by: EndBy | undefined,
  flags: OrphansFlags,
  output: Output,
  terminal: Terminal,
): Promise<void> {
  const { namespace, json = false } = flags;
  const nowMs = Date.now();
  const found = await find(connection, nowMs, flags);
  const report = { namespace, nowMs, found };
  const ends = by !== undefined && found.orphans.length > 0;
  // Whoever is asked has to see what about.
  const asks = ends && flags.yes !== true;
  for (const line of json && !asks ? [] : reportLines(report)) json ? output.note(line) : output.print(line);
  if (asks) await confirm(by, found.orphans.length, flags, terminal);
  const results = ends ? await end(connection, by, found.orphans, flags, output) : undefined;
  if (json) output.print(JSON.stringify(buildReport({ ...report, ...(results && { results }) }), null, 2));
  if (results !== undefined) conclude(results, output);
}

async function find(connection: Connection, nowMs: number, flags: OrphansFlags): Promise<FoundOrphans> {
  const { namespace, taskType, limit, olderThan = 0 } = flags;
  const requests = new TemporalRequests(connection, { requestsPerSecond: DESCRIBES_PER_SECOND });
  const sources = {
    visibility: new TemporalVisibility(connection, namespace),
    describer: new TemporalDescriber(requests, namespace),
  };
  const request = { limit, describeLimit: DESCRIBE_LIMIT, nowMs, ...(taskType !== undefined && { taskType }) };
  const found = await findOrphans(sources, request);
  return { ...found, orphans: found.orphans.filter(({ run }) => taskStartMs(run) <= nowMs - olderThan) };
}

/** @throws CliError for options that are of no use alone, and when nobody can be asked */
function endBy({ cancel, terminate, reason, yes }: OrphansFlags, terminal: Terminal): EndBy | undefined {
  const by = terminate === true ? 'terminate' : cancel === true ? 'cancel' : undefined;
  if (by === undefined && (reason !== undefined || yes === true)) {
    throw new CliError('--reason and --yes are for --cancel or --terminate.', EXIT.usage);
  }
  if (by !== undefined && yes !== true && !terminal.isInteractive) {
    throw new CliError(
      `--${by} asks before it ends anything, and there is no terminal to ask at.`,
      EXIT.usage,
      'Look at what is listed without it, then add --yes.',
    );
  }
  return by;
}

async function confirm(by: EndBy, count: number, flags: OrphansFlags, terminal: Terminal): Promise<void> {
  const { namespace, address } = flags;
  const verb = by === 'cancel' ? 'Cancel' : 'Terminate';
  const question = `${verb} ${plural(count, 'run')} in namespace "${namespace}" at ${address}? Type yes to do it: `;
  if ((await terminal.ask(question)).trim() !== 'yes') {
    throw new CliError('Not confirmed: nothing was ended.', EXIT.failed);
  }
}

function end(
  connection: Connection,
  by: EndBy,
  found: readonly Orphan[],
  { namespace, reason, json }: OrphansFlags,
  output: Output,
): Promise<readonly EndResult[]> {
  return endOrphans(found, {
    connection,
    namespace,
    by,
    ...(reason !== undefined && { reason }),
    done({ run }, { outcome, error }) {
      if (json !== true)
        output.print(`${outcome.padEnd(16)}  ${run.workflowId}  ${run.runId}${error ? `  ${error}` : ''}`);
    },
  });
}

function conclude(results: readonly EndResult[], output: Output): void {
  const count = (outcome: EndResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
  const closed = count('already-closed');
  if (closed > 0) {
    output.note(
      `${plural(closed, 'run')} had closed before: those that continued as new are found by running the command again.`,
    );
  }
  const failed = count('failed');
  if (failed > 0) throw new CliError(`${failed} of ${plural(results.length, 'run')} could not be ended.`, EXIT.failed);
}
