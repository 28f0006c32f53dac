/**
 * Modules of the user's that options name.
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { CliError, EXIT } from './cli-error';

export type { DataConverter };

/** @throws CliError where there is no such module, or it exports none */
export async function importDataConverter(name: string): Promise<DataConverter> {
  const file = resolveModule('--data-converter', name);
  let exported: { dataConverter?: unknown; default?: { dataConverter?: unknown } };
  try {
    exported = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new CliError(`--data-converter: ${file} cannot be loaded: ${(error as Error).message}`, EXIT.usage);
  }
  const dataConverter = exported.dataConverter ?? exported.default?.dataConverter;
  if (typeof dataConverter !== 'object' || dataConverter === null) {
    throw new CliError(
      `--data-converter: ${file} does not export dataConverter.`,
      EXIT.usage,
      'Export the object that workers are given as dataConverter: export const dataConverter = { payloadCodecs: [...] }.',
    );
  }
  return dataConverter;
}

/** A file, or a package that is installed where the command runs. */
export function resolveModule(option: string, name: string): string {
  const file = path.resolve(name);
  if (existsSync(file)) return file;
  try {
    return createRequire(path.resolve('package.json')).resolve(name);
  } catch {
    throw new CliError(`${option}: there is no ${file}, and no package ${name}.`, EXIT.usage);
  }
}
