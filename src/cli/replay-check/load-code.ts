import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ReplayWorkerOptions } from '@temporalio/worker';
import { CliError, EXIT } from '../cli-error';
import { bundleWorkflows } from '../workflow-code/bundle-workflows';
import type { WorkflowSource } from '../workflow-code/workflow-source';

export type DataConverter = NonNullable<ReplayWorkerOptions['dataConverter']>;

/** What code is replayed on, and how its payloads are read. */
export interface LoadedCode {
  readonly code: string;
  readonly dataConverter: DataConverter | undefined;
}

export interface CodeFlags {
  readonly interceptors?: readonly string[];
  readonly dataConverter?: string;
}

/** @throws CliError for a module that is not there, and for code that cannot be bundled */
export async function loadCode(source: WorkflowSource, flags: CodeFlags): Promise<LoadedCode> {
  const modules = (flags.interceptors ?? []).map((name) => resolveModule('--interceptors', name));
  if ('code' in source && modules.length > 0) {
    throw new CliError('--interceptors goes with --workflows: a bundle has its interceptors in it.', EXIT.usage);
  }
  const dataConverter = flags.dataConverter === undefined ? undefined : await importDataConverter(flags.dataConverter);
  if ('code' in source) return { code: source.code, dataConverter };
  const { payloadConverterPath, failureConverterPath } = dataConverter ?? {};
  const code = await bundleWorkflows({
    ...source,
    ...(modules.length > 0 && { workflowInterceptorModules: modules }),
    ...(payloadConverterPath !== undefined && { payloadConverterPath }),
    ...(failureConverterPath !== undefined && { failureConverterPath }),
  });
  return { code, dataConverter };
}

async function importDataConverter(name: string): Promise<DataConverter> {
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
function resolveModule(option: string, name: string): string {
  const file = path.resolve(name);
  if (existsSync(file)) return file;
  try {
    return createRequire(path.resolve('package.json')).resolve(name);
  } catch {
    throw new CliError(`${option}: there is no ${file}, and no package ${name}.`, EXIT.usage);
  }
}
