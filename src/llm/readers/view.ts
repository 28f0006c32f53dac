/** Longer than any model, tool or id that a provider accepts; what is longer is not one. */
const MAX_WORD_CHARS = 256;

/** Most elements of one array that are looked at. */
const MAX_ITEMS = 1000;

/** Paths are the readers' own, a fixed few. */
const keysByPath = new Map<string, readonly string[]>();

function keysOf(path: string): readonly string[] {
  let keys = keysByPath.get(path);
  if (keys === undefined) {
    keys = path.split('.');
    keysByPath.set(path, keys);
  }
  return keys;
}

/**
 * How readers look at a value: own data properties only, lengths bounded. A value is user code's; touching an accessor
 * could run it, and following a prototype could find what `__proto__` of a JSON document put there.
 */
export class View {
  constructor(readonly value: unknown) {}

  /** The value at a path such as `usage.prompt_tokens`. */
  at(path: string): unknown {
    let found = this.value;
    for (const key of keysOf(path)) {
      if (typeof found !== 'object' || found === null) return undefined;
      found = Object.getOwnPropertyDescriptor(found, key)?.value;
    }
    return found;
  }

  get(path: string): View {
    const found = this.at(path);
    return found === undefined ? NOTHING : new View(found);
  }

  is(path: string, expected: string): boolean {
    return this.at(path) === expected;
  }

  /** A short, non-empty string: a name, an id or a word of the provider. */
  word(path: string): string | undefined {
    const found = this.at(path);
    return typeof found === 'string' && found.length > 0 && found.length <= MAX_WORD_CHARS ? found : undefined;
  }

  /** A number of tokens. */
  count(path: string): number | undefined {
    const found = this.at(path) as number;
    return Number.isSafeInteger(found) && found >= 0 ? found : undefined;
  }

  /** The first elements of an array; `undefined` when it is no array. */
  list(path: string): View[] | undefined {
    const found = this.at(path);
    return Array.isArray(found) ? found.slice(0, MAX_ITEMS).map((item) => new View(item)) : undefined;
  }

  /** Whether an element of an array has this type. */
  has(path: string, type: string): boolean {
    return this.list(path)?.some((item) => item.is('type', type)) === true;
  }
}

/** Always there, which keeps the code that V8 has optimised for views: it goes with the last one that is collected. */
const NOTHING = new View(undefined);
