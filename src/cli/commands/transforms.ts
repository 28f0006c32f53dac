import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { CliError, EXIT } from '../cli-error';
import type { Output } from '../output';
import { splitNames } from './choose-attributes';

interface TransformsFlags {
  readonly workflows?: string;
  readonly bundle?: string;
  readonly require?: readonly string[];
  readonly json?: boolean;
}

/** What `transforms --json` prints. */
interface TransformsResult {
  /** Names that the workflow code defines, in alphabetical order. */
  readonly transforms: readonly string[];
  /** Names asked for with --require that it does not define. */
  readonly missing: readonly string[];
}

export function addTransformsCommand(program: Command, output: Output): void {
  program
    .command('transforms')
    .description(
      'Lists the transforms of tool outputs that workflow code defines; with --require, a check for deploys.',
    )
    .option('--workflows <path>', "workflow code, as the worker's workflowsPath")
    .option('--bundle <file>', 'a bundle that was built with the plugin, in place of --workflows')
    .option(
      '--require <names>',
      'names, separated by commas, that must be there; exit code 1 when one is missing',
      (value, before: readonly string[] = []) => [...before, ...splitNames(value)],
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Bundles the code and evaluates it as a worker does; no Temporal server is needed. Code that needs options of the
bundler (webpackConfigHook, preloadModules) is given as --bundle.

Examples:
  $ temporal-agent-observability transforms --workflows ./src/workflows/index.ts
  $ temporal-agent-observability transforms --bundle ./dist/workflow-bundle.js --require head,titles
  $ temporal-agent-observability transforms --workflows ./src/workflows --json | jq -r '.transforms[]'`,
    )
    .action(async (flags: TransformsFlags) => {
      const transforms = await readNames(flags);
      const missing = (flags.require ?? []).filter((name) => !transforms.includes(name));
      print({ transforms, missing: [...new Set(missing)] }, flags, output);
    });
}

async function readNames(flags: TransformsFlags): Promise<readonly string[]> {
  const { workflows, bundle } = flags;
  if ((workflows === undefined) === (bundle === undefined)) {
    throw new CliError('Give either --workflows <path> or --bundle <file>.', EXIT.usage);
  }
  const workflowsPath = workflows === undefined ? undefined : existing(workflows);
  const prebuilt = bundle === undefined ? undefined : readBundle(bundle);
  // Loaded here, since they bring the native part of the SDK, which other commands do without.
  const { bundleWorkflows } = await import('../transforms/bundle-workflows.js');
  const { readTransforms } = await import('../transforms/read-transforms.js');
  return readTransforms(prebuilt ?? (await bundleWorkflows(workflowsPath ?? '')));
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

function print(result: TransformsResult, { json, require: required = [] }: TransformsFlags, output: Output): void {
  const { transforms, missing } = result;
  if (json === true) output.print(JSON.stringify(result, null, 2));
  else {
    for (const name of transforms) output.print(`${required.includes(name) ? 'required  ' : 'defined   '}${name}`);
    for (const name of missing) output.print(`missing   ${name}`);
    if (transforms.length === 0) output.note('The workflow code defines no transforms.');
  }
  if (missing.length === 0) return;
  throw new CliError(
    `Not defined by this workflow code: ${missing.join(', ')}.`,
    EXIT.failed,
    'A run that asks for one of them fails, or uses its fallback. Define it with defineTransforms({ ... }), or wait until nothing uses it.',
  );
}
