import { type Command, InvalidArgumentError, Option } from 'commander';
import { type FindingList, readFindings } from '../../content/findings-reader';
import { FINDING_IDS, type FindingId } from '../../definitions/findings';
import { addNamespaceOption } from '../connection';
import { addContentDirectoryOption, type ContentDirectoryFlags, readContentDirectory } from '../content-directory';
import { parseDuration } from '../duration';
import { plural, table } from '../explain/format';
import { isoTime } from '../explain/time';
import type { Output } from '../output';

interface FindingsFlags extends ContentDirectoryFlags {
  readonly id?: FindingId;
  readonly since: number;
  readonly namespace: string;
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
    .option('--json', 'print the findings as JSON');
  addNamespaceOption(addContentDirectoryOption(command))
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
      const { namespace, id } = flags;
      const found = await readContentDirectory(flags, 'Findings', (store) =>
        readFindings(store, { namespace, sinceMs, ...(id !== undefined && { id }) }),
      );
      if (flags.json === true) {
        output.print(JSON.stringify({ namespace, since: isoTime(sinceMs), ...found }, null, 2));
      } else for (const line of lines(found, flags, sinceMs)) output.print(line);
    });
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
