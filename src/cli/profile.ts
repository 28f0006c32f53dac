/**
 * Profiles of Temporal's configuration file, by the rules of Temporal's own tools: `TEMPORAL_CONFIG_FILE` or a default
 * place, the profile `default` unless another is asked for.
 *
 * @see https://docs.temporal.io/develop/environment-configuration
 * @module
 */

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClientConfigProfile } from '@temporalio/envconfig';
import { CliError, EXIT } from './cli-error';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a profile says; nothing of it comes from variables. */
export type Profile = ClientConfigProfile;

/** @param name the profile that was asked for; without one, that of TEMPORAL_PROFILE, else `default` if there is one */
export async function loadProfile(name: string | undefined, env: Environment): Promise<Profile> {
  const asked = name ?? (env.TEMPORAL_PROFILE || undefined);
  const file = env.TEMPORAL_CONFIG_FILE || defaultFile(env);
  if (asked === undefined && (file === undefined || !existsSync(file))) return {};
  const { loadClientConfigProfile } = await loadEnvconfig(file, asked);
  try {
    if (asked === undefined && file !== undefined && isWithoutProfiles(file)) return {};
    return loadClientConfigProfile({
      ...(asked !== undefined && { profile: asked }),
      ...(file !== undefined && { configSource: { path: file } }),
      disableEnv: true,
      overrideEnvVars: {},
    });
  } catch (error) {
    const where = file === undefined ? '' : ` in ${file}`;
    throw new CliError(
      `The Temporal profile${asked === undefined ? '' : ` "${asked}"`} cannot be read${where}: ${(error as Error).message}`,
      EXIT.usage,
      'temporal config list shows the profiles; --profile or TEMPORAL_PROFILE chooses one, TEMPORAL_CONFIG_FILE the file.',
      { cause: error },
    );
  }
}

/** As `temporal config delete-profile` may leave it; @temporalio/envconfig 1.24 fails on such a file. */
function isWithoutProfiles(file: string): boolean {
  return !/\bprofile\b/.test(readFileSync(file, 'utf8'));
}

async function loadEnvconfig(file: string | undefined, asked: string | undefined) {
  try {
    return await import('@temporalio/envconfig');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const what = asked === undefined ? `Temporal's configuration file ${file}` : `The Temporal profile "${asked}"`;
    throw new CliError(
      `${what} cannot be read without the package @temporalio/envconfig.`,
      EXIT.usage,
      'Install it beside the other Temporal packages, in the same version: npm install @temporalio/envconfig',
      { cause: error },
    );
  }
}

/** Where `temporal config set` writes. */
function defaultFile(env: Environment): string | undefined {
  const directory = configDirectory(env);
  return directory === undefined ? undefined : path.join(directory, 'temporalio', 'temporal.toml');
}

function configDirectory({ APPDATA, HOME, XDG_CONFIG_HOME }: Environment): string | undefined {
  switch (process.platform) {
    case 'win32':
      return APPDATA || undefined;
    case 'darwin':
      return HOME ? path.join(HOME, 'Library', 'Application Support') : undefined;
    default:
      if (XDG_CONFIG_HOME) return path.isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : undefined;
      return HOME ? path.join(HOME, '.config') : undefined;
  }
}
