import type { Command } from 'commander';
import { DEFAULT_EXPORTER_CONFIG } from '../../exporter/config';
import { CliError, EXIT } from '../cli-error';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connection';
import { plural } from '../explain/format';
import { findFailing } from '../failing/find-failing';
import { printFailing } from '../failing/print-failing';
import type { Output } from '../output';
import { wholeNumber } from '../whole-number';

interface FailingFlags extends ConnectionFlags {
  readonly taskType?: string;
  readonly limit: number;
  readonly sample: number;
  readonly attempts: number;
  readonly fail?: boolean;
  readonly json?: boolean;
}

const DEFAULT_LIMIT = 50;
/** Each is described, and the end of its history read. */
const MAX_LIMIT = 1000;
const DEFAULT_SAMPLE = 1000;
/** Described in little more than three minutes. */
const MAX_SAMPLE = 10_000;

export function addFailingCommand(program: Command, output: Output): void {
  const command = program
    .command('failing')
    .description('Lists agents that cannot go on because their workflow task fails again and again, and why.')
    .option('--task-type <type>', 'only agents of this AgentTaskType')
    .option('--limit <n>', `most agents to list, up to ${MAX_LIMIT}`, wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option(
      '--sample <n>',
      `most running agents to describe where the server does not report failing ones, before Temporal 1.30; up to ${MAX_SAMPLE}`,
      wholeNumber(2, MAX_SAMPLE),
      DEFAULT_SAMPLE,
    )
    .option(
      '--attempts <n>',
      'attempts from which on a workflow task counts as failing, where the server does not report it',
      wholeNumber(2),
      DEFAULT_EXPORTER_CONFIG.failingAttempts,
    )
    .option('--fail', 'exit code 1 when there is one')
    .option('--json', 'print the agents as JSON; its form is described in docs/failing.md');
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Errors are named, and their messages left out, which may quote what a model or a tool said: explain tells the rest.
Exit code 0 whether there are such agents or not; with --fail 1 when there is one.

Examples:
  $ temporal-agent-observability failing
  $ temporal-agent-observability failing --task-type research --fail
  $ temporal-agent-observability failing --json | jq -r '.runs[] | [.workflowId, .attempt, .error] | @tsv'`,
    )
    .action(async (flags: FailingFlags) => {
      const report = await withConnection(flags, (connection) =>
        findFailing({ ...flags, connection }, (line) => output.note(line)),
      );
      if (flags.json === true) output.print(JSON.stringify(report, null, 2));
      else for (const line of printFailing(report)) output.print(line);
      if (flags.fail === true && report.failing > 0) {
        throw new CliError(`${plural(report.failing, 'agent stands', 'agents stand')} still.`, EXIT.failed);
      }
    });
}
