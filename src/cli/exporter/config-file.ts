/**
 * Configuration files: options in YAML, by a table of them.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { isAlias, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import { EXPORTER_OPTIONS, type OptionName, type OptionTable } from '../../exporter/options/definitions';
import { type GivenOption, readTable } from '../../exporter/options/given-options';
import { CliError, EXIT } from '../cli-error';

type YamlDocument = ReturnType<typeof parseDocument>;

/** Reads the configuration file of the exporter. */
export function readConfigFile(file: string): GivenOption<OptionName>[] {
  return readOptionFile(file, EXPORTER_OPTIONS);
}

/**
 * Reads a file of YAML, or JSON, which is YAML too.
 *
 * @throws CliError that names file, line, option, what was expected and what came
 */
export function readOptionFile<N extends string>(file: string, table: OptionTable<N>): GivenOption<N>[] {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    // The rest of the message says, and draws, where it is.
    throw new CliError(`${file}:${line}:${col}: ${problem.message.replace(/ at line \d+.*$/s, '')}`, EXIT.usage);
  }
  const options: unknown = document.toJS();
  // A file in which all is commented out says nothing.
  if (options === null) return [];
  const at = (path: readonly string[]) => `${file}:${lines.linePos(offsetOf(document, path)).line}`;
  try {
    return readTable(table, options, { root: '', at });
  } catch (error) {
    throw new CliError((error as Error).message, EXIT.usage, undefined, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`The configuration cannot be read: ${(error as Error).message}`, EXIT.usage, undefined, {
      cause: error,
    });
  }
}

/** Where the key at the end of a path stands, or the deepest key on the way to it that stands anywhere. */
function offsetOf(document: YamlDocument, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? 0;
  for (const part of path) {
    const target: unknown = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(target)
      ? target.items.find(({ key }) => isScalar(key) && String(key.value) === part)
      : undefined;
    if (!isPair(pair) || !isScalar(pair.key)) break;
    offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
