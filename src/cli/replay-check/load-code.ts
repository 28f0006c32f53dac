import { CliError, EXIT } from '../cli-error';
import { type DataConverter, importDataConverter, resolveModule } from '../load-module';
import { bundleWorkflows } from '../workflow-code/bundle-workflows';
import type { WorkflowSource } from '../workflow-code/workflow-source';

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
