import { type Command, Option } from 'commander';
import { EXPORTER_ENV_PREFIX } from '../../exporter/options/definitions';
import { CliError, EXIT } from '../cli-error';
import { addConnectionOptions, withConnection } from '../connection';
import { parseDuration } from '../duration';
import { plural } from '../explain/format';
import { connectionFlags, readConfiguration } from '../exporter/read-configuration';
import type { Output } from '../output';
import { findOverdue } from '../overdue/find-overdue';
import { printOverdue } from '../overdue/print-overdue';
import { wholeNumber } from '../whole-number';

interface OverdueFlags {
  readonly config?: string;
  readonly taskType?: string;
  readonly expected?: number;
  readonly limit: number;
  readonly fail?: boolean;
  readonly json?: boolean;
}

const DEFAULT_LIMIT = 50;
/** Each is described, and its history read. */
const MAX_LIMIT = 1000;

export function addOverdueCommand(program: Command, output: Output): void {
  const command = program
    .command('overdue')
    .description('Lists agents that run longer than expected, oldest first, and what each waits for now.')
    .option('--task-type <type>', 'only agents of this AgentTaskType')
    .option(
      '--expected <duration>',
      'age from which an agent is overdue: a number and s, m, h or d; in place of what is configured or observed',
      parseDuration,
    )
    .addOption(
      new Option(
        '--config <file>',
        'configuration of the exporter, for what it expects of task types and for what the flags leave out of the connection',
      ).env(`${EXPORTER_ENV_PREFIX}CONFIG`),
    )
    .option('--limit <n>', `most agents to list, up to ${MAX_LIMIT}`, wholeNumber(1, MAX_LIMIT), DEFAULT_LIMIT)
    .option('--fail', 'exit code 1 when an agent is overdue')
    .option('--json', 'print the agents as JSON; its form is described in docs/overdue.md');
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Expected of a task type is what is configured, else what is derived from runs that completed: docs/overdue.md.
Exit code 0 whether agents are overdue or not; with --fail 1 when one is.

Examples:
  $ temporal-agent-observability overdue
  $ temporal-agent-observability overdue --task-type research --expected 2h
  $ temporal-agent-observability overdue --config exporter.yaml --fail
  $ temporal-agent-observability overdue --json | jq -r '.runs[] | [.workflowId, .waitingFor[0].kind] | @tsv'`,
    )
    .action(async (flags: OverdueFlags) => {
      const configuration = await readConfiguration(command, flags.config, process.env);
      const { namespaces, config } = configuration.resolved;
      if (namespaces.length > 1) {
        const choice = `Choose one with --namespace: ${namespaces.join(', ')}`;
        throw new CliError('The configuration names more than one namespace.', EXIT.usage, choice);
      }
      const connecting = connectionFlags(configuration);
      const { namespace } = connecting;
      const report = await withConnection(connecting, (connection) =>
        findOverdue({ ...flags, connection, namespace, config }, (line) => output.note(line)),
      );
      if (flags.json === true) output.print(JSON.stringify(report, null, 2));
      else for (const line of printOverdue(report)) output.print(line);
      if (flags.fail === true && report.overdue > 0) {
        throw new CliError(`${plural(report.overdue, 'agent is', 'agents are')} overdue.`, EXIT.failed);
      }
    });
}
