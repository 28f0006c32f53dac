/**
 * Everything that the exporter is told, from wherever it is told.
 *
 * @module
 */

import type { Command } from 'commander';
import {
  EXPORTER_ENV_PREFIX,
  flagOf,
  OPTION_NAMES,
  type OptionName,
  variablesOf,
} from '../../exporter/options/definitions';
import { type GivenOption, readText, readVariables } from '../../exporter/options/given-options';
import {
  type EffectiveOptions,
  resolveStandalone,
  type StandaloneExporterConfig,
} from '../../exporter/options/resolve-exporter';
import { CliError, EXIT } from '../cli-error';
import type { ConnectionFlags } from '../connection';
import { loadProfile, type Profile } from '../profile';
import type { Environment } from '../tls';
import { readConfigFile } from './config-file';

export interface ExporterConfiguration {
  readonly resolved: StandaloneExporterConfig;
  readonly effective: EffectiveOptions;
  readonly profile: Profile;
  /** Variables that look like options and are none. */
  readonly unknownVariables: readonly string[];
}

/**
 * Flags come before variables, these before the file. A profile that a flag or variable asks for comes before the file
 * too; one that the file names, or the default one, says only what the file does not.
 *
 * @throws CliError that names the option, where it was given, what was expected and what came
 */
export async function readConfiguration(
  command: Command,
  file: string | undefined,
  env: Environment,
): Promise<ExporterConfiguration> {
  const fromFile = file === undefined ? [] : readConfigFile(file);
  const variables = usage(() => readVariables(env, true));
  const flags = usage(() => readFlags(command));
  const asked = profileIn([...variables, ...flags]);
  const name = asked ?? profileIn(fromFile);
  const profile = await loadProfile(name, env);
  const fromProfile = profileOptions(profile, name ?? 'default');
  const below = asked === undefined ? [...fromProfile, ...fromFile] : [...fromFile, ...fromProfile];
  const configuration = usage(() => resolveStandalone([...below, ...variables, ...flags]));
  return { ...configuration, profile, unknownVariables: unknownVariables(env) };
}

/** What is known of the connection, in the form that all commands have it. */
export function connectionFlags({ resolved, profile }: ExporterConfiguration): ConnectionFlags {
  const { address, apiKey, tls } = resolved.temporal;
  return {
    address,
    namespace: resolved.namespaces.join(', '),
    fromProfile: profile,
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
  };
}

/** Flags of the command line only: commander's own reading of variables would hide which of them it was. */
function readFlags(command: Command): GivenOption[] {
  return OPTION_NAMES.flatMap((option) => {
    const flag = flagOf(option);
    const attribute = command.options.find(({ long }) => long === flag)?.attributeName();
    if (attribute === undefined || command.getOptionValueSource(attribute) !== 'cli') return [];
    return readText(option, flag, String(command.getOptionValue(attribute)));
  });
}

function profileIn(given: readonly GivenOption[]): string | undefined {
  return given.findLast(({ option }) => option === 'temporal.profile')?.value as string | undefined;
}

function profileOptions({ address, namespace, apiKey, tls }: Profile, name: string): GivenOption[] {
  const said: readonly (readonly [OptionName, unknown])[] = [
    ['temporal.address', address],
    ['temporal.apiKey', apiKey],
    ['temporal.tls', tls && tls.disabled !== true],
    ['namespaces', namespace === undefined ? undefined : [namespace]],
  ];
  const source = `profile "${name}"`;
  return said.flatMap(([option, value]) =>
    value === undefined ? [] : [{ option, key: undefined, raw: value, value, name: source, source }],
  );
}

/** Kubernetes sets variables for each Service, and those of a Service that is called like us begin like ours. */
const OF_KUBERNETES = /^(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_\d+_.*)?)$/;

function unknownVariables(env: Environment): string[] {
  const known = new Set([`${EXPORTER_ENV_PREFIX}CONFIG`, ...OPTION_NAMES.flatMap(variablesOf)]);
  return Object.keys(env).filter(
    (name) =>
      name.startsWith(EXPORTER_ENV_PREFIX) &&
      !known.has(name) &&
      !OF_KUBERNETES.test(name.slice(EXPORTER_ENV_PREFIX.length)),
  );
}

function usage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CliError((error as Error).message, EXIT.usage, undefined, { cause: error });
  }
}
