import type { Command } from 'commander';
import { CliError, EXIT } from '../cli-error';
import type { Output } from '../output';
import { type WorkflowFlags, workflowSource } from '../workflow-code/workflow-source';
import { splitNames } from './choose-attributes';

interface TransformsFlags extends WorkflowFlags {
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
  const source = workflowSource(flags);
  // Loaded here, since they bring the native part of the SDK, which other commands do without.
  const { bundleWorkflows } = await import('../workflow-code/bundle-workflows.js');
  const { readTransforms } = await import('../transforms/read-transforms.js');
  return readTransforms('code' in source ? source.code : await bundleWorkflows(source));
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
