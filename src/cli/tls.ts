/**
 * TLS by the names of Temporal's own tools.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@temporalio/client';
import { CliError, EXIT } from './cli-error';
import type { Profile } from './profile';

export type Environment = Readonly<Record<string, string | undefined>>;

type ProfileTls = NonNullable<Profile['tls']>;
type Source = ProfileTls['clientCert'];

interface TlsFlags {
  readonly tls?: boolean;
  readonly apiKey?: string;
  readonly fromProfile?: Profile;
}

/** The flag comes before variables, each of them before its like in the profile. */
export function tlsOptions(flags: TlsFlags, env: Environment): ConnectionOptions['tls'] | undefined {
  const profile = flags.fromProfile?.tls;
  const cert = pem(env, 'TEMPORAL_TLS_CLIENT_CERT', profile?.clientCert);
  const key = pem(env, 'TEMPORAL_TLS_CLIENT_KEY', profile?.clientKey);
  const ca = pem(env, 'TEMPORAL_TLS_SERVER_CA_CERT', profile?.serverCACert);
  const serverName = env.TEMPORAL_TLS_SERVER_NAME || profile?.serverName;
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
  const wanted = flags.tls ?? fromVariable(env.TEMPORAL_TLS) ?? fromProfile(profile);
  // Left out, it would be switched on by an API key.
  if (wanted === false) return flags.apiKey === undefined ? undefined : false;
  if (Object.keys(settings).length > 0) return settings;
  // An API key is a bearer token and must not travel in the clear unless that was asked for.
  return wanted === true || flags.apiKey !== undefined ? true : undefined;
}

function fromVariable(value: string | undefined): boolean | undefined {
  return value ? ['1', 'true'].includes(value.toLowerCase()) : undefined;
}

/** A section on TLS asks for TLS, as it does for Temporal's tools, unless it says that it is disabled. */
function fromProfile(tls: ProfileTls | undefined): boolean | undefined {
  return tls === undefined ? undefined : tls.disabled !== true;
}

function pem(env: Environment, prefix: string, profile: Source): Buffer | undefined {
  const data = env[`${prefix}_DATA`];
  if (data) return Buffer.from(data);
  const path = env[`${prefix}_PATH`];
  if (path) return read(`${prefix}_PATH`, path);
  if (profile === undefined) return undefined;
  return 'path' in profile ? read('A file of the Temporal profile', profile.path) : Buffer.from(profile.data);
}

function read(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CliError(`${what} cannot be read: ${(error as Error).message}`, EXIT.usage, undefined, { cause: error });
  }
}
