import type { Command } from 'commander';
import { decodeBundleConfig } from '../../definitions/bundle-config';
import { CliError, EXIT } from '../cli-error';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connection';
import { plural } from '../explain/format';
import type { Output } from '../output';
import { printReport } from '../replay-check/print-report';
import type { ReplayReport } from '../replay-check/report';
import { wholeNumber } from '../whole-number';
import { type WorkflowFlags, workflowSource } from '../workflow-code/workflow-source';

interface ReplayCheckFlags extends ConnectionFlags, WorkflowFlags {
  readonly interceptors?: readonly string[];
  readonly dataConverter?: string;
  readonly taskType?: string;
  readonly query?: string;
  readonly limit: number;
  readonly json?: boolean;
}

const DEFAULT_LIMIT = 100;

export function addReplayCheckCommand(program: Command, output: Output): void {
  const command = program
    .command('replay-check')
    .description('Replays histories of open runs on workflow code that is about to be deployed; a check for deploys.')
    .option('--workflows <path>', "workflow code, as the worker's workflowsPath; it is bundled with the plugin")
    .option('--bundle <file>', 'the bundle that is deployed, in place of --workflows')
    .option(
      '--interceptors <module>',
      'a module of workflow interceptors of yours, with --workflows; can be given more than once',
      (value, before: readonly string[] = []) => [...before, value],
    )
    .option('--data-converter <module>', 'a module that exports the dataConverter of your workers, for payload codecs')
    .option('--task-type <type>', 'only runs of this AgentTaskType')
    .option('--query <condition>', 'only runs that match a visibility query, for example "TaskQueue = \'agents\'"')
    .option(
      '--limit <n>',
      'most runs to replay of each workflow type, from newest to oldest',
      wholeNumber(1),
      DEFAULT_LIMIT,
    )
    .option('--json', 'print the report as JSON; its form is described in docs/replay-check.md');
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Exit code 0 when every run that was looked at is compatible, or none is open; 1 when one diverges, fails, has a
workflow type that the code lacks, or cannot be checked. Nothing is changed on the server.

Examples:
  $ temporal-agent-observability replay-check --workflows ./src/workflows/index.ts
  $ temporal-agent-observability replay-check --bundle ./dist/workflow-bundle.js --query "TaskQueue = 'agents'"
  $ temporal-agent-observability replay-check --workflows ./src/workflows --task-type research --json`,
    )
    .action(async (flags: ReplayCheckFlags) => {
      const report = await check(flags, output);
      if (flags.json === true) output.print(JSON.stringify(report, null, 2));
      else for (const line of printReport(report)) output.print(line);
      if (!report.compatible) throw failure(report);
    });
}

async function check(flags: ReplayCheckFlags, output: Output): Promise<ReplayReport> {
  const source = workflowSource(flags);
  // Loaded here, since they bring the native part of the SDK, which other commands do without.
  const { loadCode } = await import('../replay-check/load-code.js');
  const { checkOpenRuns } = await import('../replay-check/check-open-runs.js');
  const { code, dataConverter } = await loadCode(source, flags);
  if (decodeBundleConfig(code) === undefined) {
    output.note('The bundle was built without the plugin: runs that write its search attributes do not replay on it.');
  }
  const report = await withConnection(flags, (connection) =>
    checkOpenRuns({ ...flags, connection, code, dataConverter }, (line) => output.note(line)),
  );
  if (report.elsewhere.length > 0) {
    output.note(
      `Not checked, as taken to belong to other code on other task queues: open runs of ${report.elsewhere.join(', ')}. To have all of a task queue checked: --query "TaskQueue = '...'"`,
    );
  }
  return report;
}

function failure({ findings, unchecked, workflowTypes }: ReplayReport): CliError {
  const types = workflowTypes.filter(({ verdict }) => verdict !== 'compatible').map(({ workflowType }) => workflowType);
  if (findings.length > 0) {
    return new CliError(`Open runs cannot go on with this code: ${types.join(', ')}.`, EXIT.failed);
  }
  return new CliError(
    `${plural(unchecked.length, 'open run')} could not be checked: ${types.join(', ')}.`,
    EXIT.failed,
  );
}
