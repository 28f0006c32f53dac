/**
 * Options as they are given: in code or a file, by environment variables, or by flags.
 *
 * @module
 */

import { fail, object } from '../../definitions/option-checks';
import {
  definitionOf,
  EXPORTER_OPTIONS,
  isKeyed,
  OPTION_NAMES,
  type OptionName,
  type OptionTable,
  variablesOf,
} from './definitions';

/** One value that somebody gave, checked. */
export interface GivenOption<N extends string = OptionName> {
  readonly option: N;
  /** The task type or finding that it is for. */
  readonly key: string | undefined;
  /** As it was given. */
  readonly raw: unknown;
  /** As it is used. */
  readonly value: unknown;
  /** As errors call it. */
  readonly name: string;
  /** Where it was given: an option in code, a variable, a flag, a profile, or a line of a file. */
  readonly source: string;
}

/** What names an option in errors. */
export interface Naming<N extends string = OptionName> {
  /** What everything is part of; empty for nothing. */
  readonly root: string;
  /** The file and line that the key at this path stands in. */
  readonly at?: (path: readonly string[]) => string;
  /** Options that cannot be given here. */
  readonly excluded?: (option: N) => boolean;
}

/**
 * Reads options from an object, as code or YAML has it.
 *
 * @throws TypeError or RangeError that names the option, what was expected and what came
 */
export function readGiven(options: unknown, naming: Naming): GivenOption[] {
  return readTable(EXPORTER_OPTIONS, options, naming);
}

/** Likewise, by another table of options. */
export function readTable<N extends string>(table: OptionTable<N>, options: unknown, naming: Naming<N>): GivenOption<N>[] {
  const names = (Object.keys(table) as N[]).filter((name) => naming.excluded?.(name) !== true);
  const left = names.map((name) => [name, name.split('.')] as const);
  return readLevel(options, { table, naming, left, name: naming.root, path: [], key: undefined });
}

/** Reads the variables of the environment; an empty one counts as not set. */
export function readVariables(env: Readonly<Record<string, string | undefined>>, standalone: boolean): GivenOption[] {
  return OPTION_NAMES.flatMap((option) => {
    if (definitionOf(option).standalone === true && !standalone) return [];
    const variable = variablesOf(option).find((name) => env[name]?.trim());
    return variable === undefined ? [] : readText(option, variable, env[variable] as string);
  });
}

/** Reads the text of a flag or variable. */
export function readText(option: OptionName, source: string, text: string): GivenOption[] {
  const { kind, keys } = definitionOf(option);
  if (!isKeyed(option)) {
    const raw = kind.parse(text.trim());
    return [{ option, key: undefined, raw, value: kind.check(source, raw), name: source, source }];
  }
  return text.split(',').map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw fail(source, '<name>=<value> pairs, separated by commas', pair);
    const key = pair.slice(0, at).trim();
    if (keys !== undefined && !keys.includes(key)) throw unknownKey(source, key, keys);
    const raw = kind.parse(pair.slice(at + 1).trim());
    const name = `${source}[${JSON.stringify(key)}]`;
    return { option, key, raw, value: kind.check(name, raw), name, source };
  });
}

interface Level<N extends string> {
  readonly table: OptionTable<N>;
  readonly naming: Naming<N>;
  /** Options that can stand here, each with what is left of its path. */
  readonly left: readonly (readonly [N, readonly string[]])[];
  /** As errors call it: `taskTypes["research"]`. */
  readonly name: string;
  readonly path: readonly string[];
  /** What `*` stands for. */
  readonly key: string | undefined;
}

function readLevel<N extends string>(value: unknown, level: Level<N>): GivenOption<N>[] {
  const { table, naming, left, name, path } = level;
  const nameOf = (at: readonly string[], what: string) =>
    [naming.at?.(at), what || 'options'].filter(Boolean).join(': ');
  const known = [...new Set(left.map(([, [head = '']]) => head))];
  const isKey = known.includes('*');
  const allowed = isKey ? left.flatMap(([option]) => table[option].keys ?? []) : known;
  return Object.entries(object(nameOf(path, name), value, 'an object of options')).flatMap(([part, item]) => {
    if (item === undefined) return [];
    const at = [...path, part];
    if (!allowed.includes(part) && (!isKey || allowed.length > 0)) throw unknownKey(nameOf(at, name), part, allowed);
    const next: Level<N> = {
      table,
      naming,
      left: left.flatMap(([option, [head, ...rest]]) => (isKey || head === part ? [[option, rest] as const] : [])),
      name: isKey ? `${name}[${JSON.stringify(part)}]` : `${name}${name && '.'}${part}`,
      path: at,
      key: isKey ? part : level.key,
    };
    const option = next.left.find(([, rest]) => rest.length === 0)?.[0];
    if (option === undefined) return readLevel(item, next);
    const itemName = nameOf(at, next.name);
    const checked = table[option].kind.check(itemName, item);
    const source = naming.at?.(at) ?? itemName;
    return [{ option, key: next.key, raw: item, value: checked, name: itemName, source }];
  });
}

function unknownKey(name: string, key: string, known: readonly string[]): TypeError {
  return new TypeError(`${name}: unknown option ${JSON.stringify(key)}; expected ${known.join(', ')}`);
}
