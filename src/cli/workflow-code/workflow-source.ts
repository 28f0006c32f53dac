import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CliError, EXIT } from '../cli-error';

/** How a command is given workflow code. */
export interface WorkflowFlags {
  readonly workflows?: string;
  readonly bundle?: string;
}

/** Workflow code as it was given: a path to bundle, or the code of a bundle. */
export type WorkflowSource = { readonly workflowsPath: string } | { readonly code: string };

/** @throws CliError when not exactly one is given, or it is not there */
export function workflowSource({ workflows, bundle }: WorkflowFlags): WorkflowSource {
  if (workflows !== undefined && bundle === undefined) return { workflowsPath: existing(workflows) };
  if (bundle !== undefined && workflows === undefined) return { code: readBundle(bundle) };
  throw new CliError('Give either --workflows <path> or --bundle <file>.', EXIT.usage);
}

function readBundle(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`--bundle cannot be read: ${(error as Error).message}`, EXIT.usage, undefined, { cause: error });
  }
}

function existing(workflows: string): string {
  const workflowsPath = path.resolve(workflows);
  if (!existsSync(workflowsPath)) throw new CliError(`--workflows: there is no ${workflowsPath}.`, EXIT.usage);
  return workflowsPath;
}
