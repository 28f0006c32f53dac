import { readFileSync } from 'node:fs';
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { type Command, Option } from 'commander';
import { CliError, EXIT, explainServiceError, grpcCode, isPermissionError, unreachable } from './cli-error';

/** Options that every command which talks to Temporal has. */
export interface ConnectionFlags {
  readonly address: string;
  readonly namespace: string;
  readonly apiKey?: string;
  readonly tls?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Adds the connection options, with the names and environment variables of Temporal's own tools. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--address <host:port>', 'Temporal frontend').env('TEMPORAL_ADDRESS').default('localhost:7233'),
    )
    .addOption(new Option('--namespace <name>', 'Temporal namespace').env('TEMPORAL_NAMESPACE').default('default'))
    .addOption(new Option('--api-key <key>', 'API key; switches TLS on').env('TEMPORAL_API_KEY'))
    .option(
      '--tls',
      'use TLS; certificates come from TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH, TEMPORAL_TLS_SERVER_CA_CERT_PATH (each also as ..._DATA) and TEMPORAL_TLS_SERVER_NAME',
    );
}

/** Connection options from flags and TEMPORAL_TLS*; exported apart from connecting so that it can be tested. */
export function connectionOptions(flags: ConnectionFlags, env: Environment): ConnectionOptions {
  const tls = tlsOptions(flags, env);
  return {
    address: flags.address,
    ...(tls !== undefined ? { tls } : {}),
    ...(flags.apiKey !== undefined ? { apiKey: flags.apiKey } : {}),
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

function tlsOptions(flags: ConnectionFlags, env: Environment): ConnectionOptions['tls'] | undefined {
  const cert = pem(env, 'TEMPORAL_TLS_CLIENT_CERT');
  const key = pem(env, 'TEMPORAL_TLS_CLIENT_KEY');
  const ca = pem(env, 'TEMPORAL_TLS_SERVER_CA_CERT');
  const serverName = env.TEMPORAL_TLS_SERVER_NAME;
  if ((cert === undefined) !== (key === undefined)) {
    throw new CliError(
      'A client certificate needs both its certificate and its key.',
      EXIT.usage,
      'Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH (or the ..._DATA form of both).',
    );
  }
  const settings = {
    ...(serverName ? { serverNameOverride: serverName } : {}),
    ...(ca !== undefined ? { serverRootCACertificate: ca } : {}),
    ...(cert !== undefined && key !== undefined ? { clientCertPair: { crt: cert, key } } : {}),
  };
  if (Object.keys(settings).length > 0) return settings;
  if (flags.tls === true) return true;
  if (env.TEMPORAL_TLS) return ['1', 'true'].includes(env.TEMPORAL_TLS.toLowerCase()) ? true : undefined;
  // An API key is a bearer token and must not travel in the clear unless that was asked for.
  return flags.apiKey !== undefined ? true : undefined;
}

function pem(env: Environment, prefix: string): Buffer | undefined {
  const data = env[`${prefix}_DATA`];
  if (data) return Buffer.from(data);
  const path = env[`${prefix}_PATH`];
  if (!path) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliError(`${prefix}_PATH cannot be read: ${(error as Error).message}`, EXIT.usage, undefined, {
      cause: error,
    });
  }
}
