import { Command, CommanderError } from 'commander';
import { CliError, EXIT, type ExitCode } from './cli-error';
import { addApprovalsCommand } from './commands/approvals';
import { addCallsCommand } from './commands/calls';
import { addDoctorCommand } from './commands/doctor';
import { addExplainCommand } from './commands/explain';
import { addExporterCommand } from './commands/exporter';
import { addFailingCommand } from './commands/failing';
import { addFindingsCommand } from './commands/findings';
import { addOrphansCommand } from './commands/orphans';
import { addOverdueCommand } from './commands/overdue';
import { addRenderCommand } from './commands/render';
import { addReplayCheckCommand } from './commands/replay-check';
import { addSetupCommand } from './commands/setup';
import { addTransformsCommand } from './commands/transforms';
import { type Output, safeOutput } from './output';
import { PROCESS_TERMINAL, type Terminal } from './terminal';

/** The command line, unread. */
export function createProgram(output: Output, terminal: Terminal): Command {
  const program = new Command('temporal-agent-observability')
    .description('Observes AI agents that run on Temporal.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text.replace(/\n$/, '')),
      writeErr: (text) => output.note(text.replace(/\n$/, '')),
    })
    .addHelpText(
      'after',
      `
Exit codes:
  0 done · 1 failed · 2 wrong usage · 3 Temporal not reachable · 4 not found · 5 not permitted · 6 refused by the workflow`,
    );
  addSetupCommand(program, output);
  addDoctorCommand(program, output);
  addExplainCommand(program, output);
  addExporterCommand(program, output);
  addFindingsCommand(program, output);
  addCallsCommand(program, output);
  addOverdueCommand(program, output);
  addFailingCommand(program, output);
  addOrphansCommand(program, output, terminal);
  addApprovalsCommand(program, output);
  addTransformsCommand(program, output);
  addReplayCheckCommand(program, output);
  addRenderCommand(program, output);
  return program;
}

/** Runs the command line and returns its exit code. Prints errors; never throws. */
export async function run(
  args: readonly string[],
  rawOutput: Output,
  terminal: Terminal = PROCESS_TERMINAL,
): Promise<ExitCode> {
  const output = safeOutput(rawOutput);
  const program = createProgram(output, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has printed what it threw, help included.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CliError) {
      output.note(`error: ${error.message}`);
      if (error.advice !== undefined) output.note(error.advice);
      return error.exitCode;
    }
    output.note(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT.failed;
  }
}
