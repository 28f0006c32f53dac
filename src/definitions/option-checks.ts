/**
 * Checks for options. Each returns the value with its type, or throws an error that names the option, what was expected
 * and what came.
 *
 * @module
 */

export function fail(name: string, expected: string, actual: unknown): TypeError {
  return new TypeError(`${name}: expected ${expected}, got ${describe(actual)}`);
}

export function object(name: string, value: unknown, expected: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fail(name, expected, value);
  return value as Record<string, unknown>;
}

/** Refuses keys that are not options, since a misspelt option would otherwise do nothing, silently. */
export function known(name: string, value: object, keys: readonly string[]): void {
  object(name, value, 'an object');
  for (const key of Object.keys(value)) {
    if (!keys.includes(key))
      throw new TypeError(`${name}: unknown option ${describe(key)}; expected ${keys.join(', ')}`);
  }
}

export function oneOf<const T extends string>(name: string, value: unknown, values: readonly T[], more = ''): T {
  if (typeof value === 'string' && (values as readonly string[]).includes(value)) return value as T;
  const list = values.map((item) => `'${item}'`).join(', ');
  throw fail(name, `one of ${list}${more && ` ${more}`}`, value);
}

export function nonEmpty(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw fail(name, 'a non-empty string', value);
  return value;
}

export function boolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw fail(name, 'true or false', value);
  return value;
}

export function func(name: string, value: unknown): void {
  if (typeof value !== 'function') throw fail(name, 'a function', value);
}

export function array(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw fail(name, 'an array', value);
  return value;
}

interface Range {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
}

export function number(name: string, value: unknown, range: Range, kind = 'a number'): number {
  const expected = `${kind}${describeRange(range)}`;
  if (typeof value !== 'number' || Number.isNaN(value)) throw fail(name, expected, value);
  const { min = Number.NEGATIVE_INFINITY, above = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  if (value < min || value <= above || value > max) {
    throw new RangeError(`${name}: expected ${expected}, got ${describe(value)}`);
  }
  return value;
}

export function integer(name: string, value: unknown, range: Range): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw fail(name, `a whole number${describeRange(range)}`, value);
  return number(name, value, range, 'a whole number');
}

/** An object whose values are non-empty strings. */
export function record(name: string, value: unknown): Record<string, string> {
  const entries = Object.entries(object(name, value, 'an object of strings'));
  return Object.fromEntries(entries.map(([key, item]) => [key, nonEmpty(`${name}[${describe(key)}]`, item)]));
}

function describeRange({ min, above, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  if (above !== undefined) return ` above ${above}`;
  return '';
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
