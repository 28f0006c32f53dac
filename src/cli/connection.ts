import { Connection, type ConnectionOptions } from '@temporalio/client';
import { type Command, Option } from 'commander';
import { CliError, explainServiceError, grpcCode, isPermissionError, unreachable } from './cli-error';
import { loadProfile, type Profile } from './profile';
import { type Environment, tlsOptions } from './tls';

/** Options that every command which talks to Temporal has. */
export interface ConnectionFlags {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  readonly tls?: boolean;
  /** What the profile says beyond the flags. */
  readonly fromProfile?: Profile;
}

export const DEFAULT_ADDRESS = 'localhost:7233';
export const DEFAULT_NAMESPACE = 'default';

/** Where each option that a profile can say is found in it. */
const FROM_PROFILE = { address: 'address', namespace: 'namespace', apiKey: 'apiKey' } as const;

/**
 * Adds the connection options, with the names and environment variables of Temporal's own tools, and their precedence:
 * flag, variable, profile, default.
 */
export function addConnectionOptions(command: Command): Command {
  addServerOptions(command);
  return addNamespaceOption(command);
}

/** The namespace alone, for commands that ask Temporal nothing. */
export function addNamespaceOption(command: Command): Command {
  const hasProfile = command.options.some(({ long }) => long === '--profile');
  if (!hasProfile) command.addOption(profileOption());
  return command
    .addOption(
      new Option('--namespace <name>', 'Temporal namespace').env('TEMPORAL_NAMESPACE').default(DEFAULT_NAMESPACE),
    )
    .hook('preAction', applyProfile);
}

/** All but the namespace. */
export function addServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--address <host:port>', 'Temporal frontend').env('TEMPORAL_ADDRESS').default(DEFAULT_ADDRESS),
    )
    .addOption(new Option('--api-key <key>', 'API key; switches TLS on').env('TEMPORAL_API_KEY'))
    .option(
      '--tls',
      'use TLS; certificates come from TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH, TEMPORAL_TLS_SERVER_CA_CERT_PATH (each also as ..._DATA) and TEMPORAL_TLS_SERVER_NAME',
    )
    .addOption(profileOption());
}

/** Options that were given on the command line or by a variable, so that they come before a profile and a file. */
export function isGiven(command: Command, option: string): boolean {
  const source = command.getOptionValueSource(option);
  return source !== undefined && source !== 'default';
}

/** Connection options from flags, TEMPORAL_TLS* and the profile; apart from connecting so that it can be tested. */
export function connectionOptions(flags: ConnectionFlags, env: Environment): ConnectionOptions {
  const { address, apiKey, fromProfile } = flags;
  const tls = tlsOptions(flags, env);
  return {
    address,
    ...(tls !== undefined ? { tls } : {}),
    ...(apiKey !== undefined ? { apiKey } : {}),
    ...(fromProfile?.grpcMeta !== undefined ? { metadata: fromProfile.grpcMeta } : {}),
    connectTimeout: '5 seconds',
  };
}

/** Connects, runs `work` and closes; what goes wrong on the way to Temporal becomes a {@link CliError}. */
export async function withConnection<T>(
  flags: ConnectionFlags,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  let connection: Connection;
  try {
    connection = await Connection.connect(connectionOptions(flags, process.env));
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (isPermissionError(error)) throw explainServiceError(error, flags);
    throw unreachable(flags.address, error instanceof Error ? error.message : String(error), error);
  }
  try {
    return await work(connection);
  } catch (error) {
    throw grpcCode(error) === undefined ? error : explainServiceError(error, flags);
  } finally {
    await connection.close();
  }
}

function profileOption(): Option {
  return new Option(
    '--profile <name>',
    "profile of Temporal's configuration file that says the rest of the connection; the file is that of TEMPORAL_CONFIG_FILE, else Temporal's own (needs @temporalio/envconfig)",
  ).env('TEMPORAL_PROFILE');
}

/** Puts what the profile says where neither a flag nor a variable says anything. */
async function applyProfile(command: Command): Promise<void> {
  const profile = await loadProfile(command.getOptionValue('profile'), process.env);
  for (const [option, field] of Object.entries(FROM_PROFILE)) {
    const value = profile[field];
    if (value !== undefined && !isGiven(command, option)) command.setOptionValueWithSource(option, value, 'profile');
  }
  command.setOptionValueWithSource('fromProfile', profile, 'profile');
}
