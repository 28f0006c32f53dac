import type { Connection } from '@temporalio/client';
import type { Command } from 'commander';
import {
  addCommands,
  addSearchAttributes,
  compareSearchAttributes,
  listSearchAttributes,
  type SearchAttributeStatus,
} from '../../client/search-attribute-registry';
import {
  REQUIRED_SEARCH_ATTRIBUTE,
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
} from '../../definitions/search-attributes';
import { CliError, EXIT, grpcCode, isPermissionError } from '../cli-error';
import { addConnectionOptions, type ConnectionFlags, withConnection } from '../connection';
import type { Output } from '../output';
import { type AttributeChoice, chooseAttributes, splitNames } from './choose-attributes';

interface SetupFlags extends ConnectionFlags, AttributeChoice {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What `setup --json` prints. */
interface SetupResult {
  readonly namespace: string;
  /** Registered before. */
  readonly ready: readonly string[];
  /** Registered now; empty with --dry-run. */
  readonly registered: readonly string[];
  /** Not registered: with --dry-run, what would be. */
  readonly missing: readonly string[];
  /** How to register what is missing, for who may. */
  readonly commands: { readonly temporal: readonly string[]; readonly cloud: readonly string[] };
}

/** gRPC: the operation is not offered here, as on Temporal Cloud, where attributes are added through its own API. */
const UNIMPLEMENTED = 12;
const INVALID_ARGUMENT = 3;
const RESOURCE_EXHAUSTED = 8;

export function addSetupCommand(program: Command, output: Output): void {
  const command = program
    .command('setup')
    .description('Registers the search attributes that make agents queryable. Safe to run again.')
    .option('--dry-run', 'only show what is missing, and the commands that add it')
    .option(
      '--only <names>',
      `only these, separated by commas; ${REQUIRED_SEARCH_ATTRIBUTE} is always there`,
      splitNames,
    )
    .option('--without <names>', 'all but these, separated by commas', splitNames)
    .option('--json', 'print the result as JSON');
  addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Attributes:
${SEARCH_ATTRIBUTES.map(({ name, type, description }) => `  ${name.padEnd(20)}${type.padEnd(10)}${description}`).join('\n')}

Give the plugin the same choice: searchAttributes: { include: [...] }.

Examples:
  $ temporal-agent-observability setup
  $ temporal-agent-observability setup --namespace agents --without AgentSessionId --dry-run
  $ temporal-agent-observability setup --address ns.acct.tmprl.cloud:7233 --namespace ns.acct --api-key "$KEY"`,
    )
    .action(async (flags: SetupFlags) => {
      const wanted = chooseAttributes(flags);
      await withConnection(flags, (connection) => setup(connection, flags, wanted, output));
    });
}

async function setup(
  connection: Connection,
  flags: SetupFlags,
  wanted: readonly SearchAttributeName[],
  output: Output,
): Promise<void> {
  const { namespace } = flags;
  // Asked first because the list of attributes is also given, empty, for a namespace that does not exist.
  await connection.workflowService.describeNamespace({ namespace });
  const status = await listStatus(connection, namespace, wanted, output);
  refuseMistyped(status, namespace);
  if (status.missing.length > 0 && flags.dryRun !== true) {
    await register(connection, namespace, status.missing, output);
  }
  const done = flags.dryRun !== true;
  const result: SetupResult = {
    namespace,
    ready: status.ready,
    registered: done ? status.missing : [],
    missing: done ? [] : status.missing,
    commands: done ? { temporal: [], cloud: [] } : commandsFor(namespace, status.missing),
  };
  if (flags.json === true) output.print(JSON.stringify(result, null, 2));
  else printResult(result, output);
}

async function listStatus(
  connection: Connection,
  namespace: string,
  wanted: readonly SearchAttributeName[],
  output: Output,
): Promise<SearchAttributeStatus> {
  try {
    return compareSearchAttributes(await listSearchAttributes(connection, namespace), wanted);
  } catch (error) {
    if (!isPermissionError(error)) throw error;
    throw notAllowed(namespace, wanted, error, 'list', output);
  }
}

async function register(
  connection: Connection,
  namespace: string,
  missing: readonly SearchAttributeName[],
  output: Output,
): Promise<void> {
  try {
    await addSearchAttributes(connection, namespace, missing);
  } catch (error) {
    if (isPermissionError(error) || grpcCode(error) === UNIMPLEMENTED) {
      throw notAllowed(namespace, missing, error, 'add', output);
    }
    if (grpcCode(error) === INVALID_ARGUMENT || grpcCode(error) === RESOURCE_EXHAUSTED) {
      throw new CliError(
        `The server did not add ${missing.join(', ')}: ${(error as Error).message}`,
        EXIT.failed,
        'SQL visibility has 10 Keyword, 3 Int and 3 Datetime columns per namespace. Leave attributes out with --without, and in the plugin with searchAttributes.include.',
        { cause: error },
      );
    }
    throw error;
  }
}

function refuseMistyped({ mistyped }: SearchAttributeStatus, namespace: string): void {
  if (mistyped.length === 0) return;
  const lines = mistyped.map(({ name, expected, actual }) => `${name} is ${actual}, but must be ${expected}`);
  throw new CliError(
    `Search attributes of namespace "${namespace}" have another type: ${lines.join('; ')}. Nothing was changed.`,
    EXIT.failed,
    `A type cannot be changed. If nothing else uses them, remove them (temporal operator search-attribute remove --namespace ${namespace} ${mistyped
      .map(({ name }) => `--name ${name}`)
      .join(' ')}) and run setup again; or leave them out: --without ${mistyped.map(({ name }) => name).join(',')}.`,
  );
}

function notAllowed(
  namespace: string,
  names: readonly SearchAttributeName[],
  error: unknown,
  action: string,
  output: Output,
): CliError {
  const { temporal, cloud } = commandsFor(namespace, names);
  output.note('Ask someone who may, to run:');
  for (const line of temporal) output.print(line);
  output.note('or, on Temporal Cloud:');
  for (const line of cloud) output.print(line);
  return new CliError(
    `Not allowed to ${action} search attributes in namespace "${namespace}": ${(error as Error).message}`,
    EXIT.denied,
    'Until they are there, agents run and are recorded as always; only their search attributes are missing.',
    { cause: error },
  );
}

function commandsFor(namespace: string, names: readonly SearchAttributeName[]): SetupResult['commands'] {
  const typed = SEARCH_ATTRIBUTES.filter(({ name }) => names.includes(name));
  return {
    temporal: addCommands(namespace, names),
    cloud: typed.map(
      ({ name, type }) =>
        `tcld namespace search-attributes add --namespace ${namespace} --search-attribute "${name}=${type}"`,
    ),
  };
}

function printResult({ namespace, ready, registered, missing, commands }: SetupResult, output: Output): void {
  for (const name of ready) output.print(`ok          ${name}`);
  for (const name of registered) output.print(`registered  ${name}`);
  for (const name of missing) output.print(`missing     ${name}`);
  if (missing.length === 0) {
    output.print(`Namespace "${namespace}" has every search attribute.`);
    return;
  }
  output.print('');
  output.print('To add them:');
  for (const line of commands.temporal) output.print(`  ${line}`);
  output.print('On Temporal Cloud:');
  for (const line of commands.cloud) output.print(`  ${line}`);
}
