import { transform } from './transform';
import { type AnyTransform, addTransforms } from './transform-registry';
import type { Synchronous, Transforms, TransformTable } from './transform-types';

/** Longest name, in characters: names become labels of metrics. */
const MAX_NAME_CHARS = 128;

/**
 * Defines transforms of tool outputs under names, for every run of the bundle. Call it where a module of workflow code
 * is evaluated. Names travel as data, in the input of a workflow or in the description of a tool, where functions
 * cannot.
 *
 * A transform is workflow code: deterministic, synchronous, without I/O; a change of what it returns is a change of the
 * workflow, and is deployed like one. It is called with the output and the arguments that `transform` is given. The
 * finding `transform-unknown` and the command `temporal-agent-observability transforms` tell of names that are not
 * there.
 *
 * @param table - Transforms by name; a name has 1 to 128 characters.
 * @returns a handle whose `transform` knows the types of this table
 * @throws TypeError for a name or a function that cannot be one
 * @throws Error when a name is defined already with another function, and when called inside a workflow function
 *
 * @example
 * ```ts
 * export const transforms = defineTransforms({
 *   titles: (results: SearchResult[]) => results.map(({ title }) => title),
 *   head: (page: string, { chars }: { chars: number }) => page.slice(0, chars),
 * });
 *
 * transforms.transform('head', page, { chars: 2_000 });
 * ```
 */
export function defineTransforms<const Table extends TransformTable>(
  table: Table & Synchronous<Table>,
): Transforms<Table> {
  if (typeof table !== 'object' || table === null) {
    throw new TypeError('defineTransforms: expected an object of functions by name');
  }
  const transforms = new Map(Object.entries<AnyTransform>(table as Table));
  for (const [name, candidate] of transforms) check(name, candidate);
  addTransforms(transforms);
  return Object.freeze({
    names: Object.freeze([...transforms.keys()]),
    has: (name: string): name is keyof Table & string => transforms.has(name),
    transform: transform as Transforms<Table>['transform'],
  });
}

function check(name: string, candidate: unknown): void {
  const quoted = JSON.stringify(name.slice(0, MAX_NAME_CHARS));
  if (name.trim() === '' || name.length > MAX_NAME_CHARS) {
    throw new TypeError(`defineTransforms: expected names of 1 to ${MAX_NAME_CHARS} characters, got ${quoted}`);
  }
  if (typeof candidate !== 'function') {
    throw new TypeError(`defineTransforms: ${quoted}: expected a function, got ${typeof candidate}`);
  }
  if (Object.prototype.toString.call(candidate) === '[object AsyncFunction]') {
    throw new TypeError(`defineTransforms: ${quoted}: expected a synchronous function, got an async one`);
  }
}
