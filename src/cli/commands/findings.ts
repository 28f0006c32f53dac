import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type FindingList, readFindings } from '../../content/findings-reader';
import { LocalDirectoryStore } from '../../content/local-directory-store';
import { FINDING_IDS, type FindingId } from '../../definitions/findings';
import { CliError, EXIT } from '../cli-error';
import { addNamespaceOption } from '../connection';
import { parseDuration } from '../duration';
import { plural, table } from '../explain/format';
import { isoTime } from '../explain/time';
import type { Output } from '../output';

interface FindingsFlags {
  readonly id?: FindingId;
  readonly since: number;
  readonly namespace: string;
  readonly contentDir: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;

export function addFindingsCommand(program: Command, output: Output): void {
  const command = program
    .command('findings')
    .description('Lists what was found wrong and the runs that it affects, the newest first.')
    .option('--id <finding>', 'one finding, for example child-abandoned; all when left out', parseId)
    .addOption(
      new Option('--since <duration>', 'how far back: a number and s, m, h or d')
        .argParser(parseDuration)
        .default(DAY_MS, '1d'),
    )
    .addOption(
      new Option('--content-dir <directory>', 'where the worker keeps records and content')
        .env('TEMPORAL_AGENT_OBSERVABILITY_CONTENT')
        .default('./.agent-content'),
    )
    .option('--json', 'print the findings as JSON');
  addNamespaceOption(command)
    .addHelpText(
      'after',
      `
Reads the records of workers and asks Temporal nothing. A run is listed once for each finding, cause and UTC day.
Findings about a whole worker have no workflow and no run.

Examples:
  $ temporal-agent-observability findings
  $ temporal-agent-observability findings --id child-abandoned --since 1h
  $ temporal-agent-observability findings --since 7d --json | jq -r '.findings[].workflowId'`,
    )
    .action(async (flags: FindingsFlags) => {
      const sinceMs = Date.now() - flags.since;
      const found = await read(flags, sinceMs);
      if (flags.json === true) {
        output.print(JSON.stringify({ namespace: flags.namespace, since: isoTime(sinceMs), ...found }, null, 2));
      } else for (const line of lines(found, flags, sinceMs)) output.print(line);
    });
}

async function read({ contentDir, namespace, id }: FindingsFlags, sinceMs: number): Promise<FindingList> {
  const directory = path.resolve(contentDir);
  if (!existsSync(directory)) {
    throw new CliError(
      `There is no content directory ${directory}.`,
      EXIT.notFound,
      'Name the directory of the worker (its option content) with --content-dir or TEMPORAL_AGENT_OBSERVABILITY_CONTENT.',
    );
  }
  try {
    const store = new LocalDirectoryStore({ directory });
    return await readFindings(store, { namespace, sinceMs, ...(id !== undefined && { id }) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(`Findings in ${directory} cannot be read: ${reason}`, EXIT.failed, undefined, { cause: error });
  }
}

function lines({ findings, unreadable, truncated }: FindingList, flags: FindingsFlags, sinceMs: number): string[] {
  const { id, namespace } = flags;
  const where = `in namespace "${namespace}" since ${isoTime(sinceMs)}`;
  const what = id === undefined ? 'findings' : `findings ${id}`;
  const rows = findings.map((finding) => [
    isoTime(finding.foundAtMs),
    finding.severity,
    finding.id,
    finding.workflowType ?? '-',
    finding.workflowId ?? '-',
    finding.runId ?? '-',
    finding.message,
  ]);
  return [
    ...(rows.length === 0
      ? [`No ${what} ${where}.`]
      : table([['found', 'severity', 'finding', 'workflow type', 'workflow id', 'run id', 'message'], ...rows])),
    ...(unreadable > 0
      ? [`${plural(unreadable, 'entry', 'entries')} could not be read: damaged, or of a later version.`]
      : []),
    ...(truncated ? ['There are more, older ones: choose a shorter --since or one --id.'] : []),
  ];
}

function parseId(value: string): FindingId {
  const id = FINDING_IDS.find((known) => known === value);
  if (id === undefined) throw new InvalidArgumentError(`expected one of ${FINDING_IDS.join(', ')}`);
  return id;
}
